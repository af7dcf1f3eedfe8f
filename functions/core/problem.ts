/**
 * Every error a client can see, with its status and title: Hook0's catalogue (reference section 1.2) and nothing
 * else, because strict Hook0 SDKs refuse an id they do not know.
 */
export const problems = {
  OrganizationNameMissing: { status: 400, title: "Organization name cannot be empty" },
  PasswordTooShort: { status: 400, title: "Provided password is too short" },
  PasswordTooLong: { status: 400, title: "Provided password is too long" },
  PasswordSimilarToEmail: { status: 400, title: "Provided password is too close to the email address" },
  PasswordSimilarToName: { status: 400, title: "Provided password is too close to the user name" },
  PasswordTooCommon: { status: 400, title: "Provided password is too common" },
  PasswordNotDiverseEnough: { status: 400, title: "Provided password is not diverse enough" },
  ApplicationNameMissing: { status: 400, title: "Application name cannot be empty" },
  InvalidRole: { status: 400, title: "Provided role does not exist" },
  EventTypeDoesNotExist: { status: 400, title: "Invalid event type" },
  UnauthorizedWorkers: {
    status: 400,
    title: "Some of the provided dedicated workers are not authorized for your organization",
  },
  EventInvalidPayloadContentType: { status: 400, title: "Invalid event payload content type" },
  EventInvalidBase64Payload: { status: 400, title: "Invalid event base64 payload" },
  EventInvalidJsonPayload: { status: 400, title: "Invalid event JSON payload" },
  LabelsAmbiguity: { status: 400, title: "Ambiguous labels specification" },
  InvalidDateRange: { status: 400, title: "Invalid date range" },
  AuthInvalidAuthorizationHeader: { status: 400, title: "`Authorization` header is invalid" },
  JsonPayload: { status: 400, title: "Provided body could not be decoded as JSON" },
  AuthNoAuthorizationHeader: {
    status: 401,
    title: "No `Authorization` header was found in the HTTP request",
  },
  AuthFailedLogin: { status: 401, title: "Login failed" },
  AuthEmailNotVerified: { status: 401, title: "Email not verified" },
  AuthFailedRefresh: { status: 401, title: "Refreshing access token failed" },
  AuthEmailExpired: { status: 401, title: "Could not verify your link" },
  AuthInvalidApplicationSecret: { status: 403, title: "Invalid application secret" },
  AuthInvalidBiscuit: { status: 403, title: "Invalid Biscuit" },
  Forbidden: { status: 403, title: "Insufficient rights" },
  InvitedUserDoesNotExist: { status: 404, title: "Invited user does not exist" },
  NotFound: { status: 404, title: "Item not found" },
  UserAlreadyExist: { status: 409, title: "This user already exist" },
  OrganizationIsNotEmpty: { status: 409, title: "Organization is not empty" },
  InvitedUserAlreadyInOrganization: {
    status: 409,
    title: "Invited user is already in the organization",
  },
  EventTypeAlreadyExist: { status: 409, title: "This event type already exist" },
  EventAlreadyIngested: { status: 409, title: "Event already Ingested" },
  AuthEmailAlreadyVerified: { status: 409, title: "Email already verified" },
  RegistrationDisabled: { status: 410, title: "Registrations are disabled" },
  Validation: { status: 422, title: "Provided input is malformed" },
  TooManyMembersPerOrganization: {
    status: 429,
    title: "Exceeded number of users that can be invited in this organization",
  },
  TooManyApplicationsPerOrganization: {
    status: 429,
    title: "Exceeded number of applications that can be created in this organization",
  },
  TooManyEventsToday: {
    status: 429,
    title: "Exceeded number of events that can be ingested in this organization today",
  },
  TooManySubscriptionsPerApplication: {
    status: 429,
    title: "Exceeded number of subscriptions that can be created in this application",
  },
  TooManyEventTypesPerApplication: {
    status: 429,
    title: "Exceeded number of event types that can be created in this application",
  },
  RateLimited: { status: 429, title: "Too many requests" },
  AuthApplicationSecretLookupError: {
    status: 500,
    title: "Could not check database to verify the provided application secret",
  },
  AuthBiscuitLookupError: {
    status: 500,
    title: "Could not check database to verify if the provided Biscuit was revoked",
  },
  InternalServerError: { status: 500, title: "Something wrong happened" },
  ServiceUnavailable: { status: 503, title: "Service temporarily unavailable" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemId = keyof typeof problems;

/** One broken rule of one field. Never carries the refused value: it may be a password. */
export interface FieldIssue {
  readonly code: string;
  readonly message: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Field name to its broken rules; one level of nesting for a structured field such as `target`. */
export interface FieldIssues {
  readonly [field: string]: readonly FieldIssue[] | FieldIssues;
}

/** The document a client receives as `application/problem+json` (RFC 9457 with Hook0's `id` and `validation`). */
export interface ProblemDocument {
  readonly type: string;
  readonly id: ProblemId;
  readonly title: string;
  readonly detail: string;
  readonly status: (typeof problems)[ProblemId]["status"];
  readonly validation: FieldIssues | null;
}

/** An answerable error. Anything thrown that is not a `Problem` is a bug and is answered without detail. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly id: ProblemId;
  readonly validation: FieldIssues | null;

  constructor(id: ProblemId, detail: string = problems[id].title, validation: FieldIssues | null = null) {
    super(detail);
    this.id = id;
    this.validation = validation;
  }

  toDocument(): ProblemDocument {
    return problemDocument(this.id, this.message, this.validation);
  }
}

export function problemDocument(
  id: ProblemId,
  detail: string = problems[id].title,
  validation: FieldIssues | null = null,
): ProblemDocument {
  const { status, title } = problems[id];
  const type = `https://documentation.hook0.com/reference/error-codes#${id.toLowerCase()}`;
  return { type, id, title, detail, status, validation };
}

/** What broke a rule, by field; nested for `target`. */
interface Validation {
  readonly [field: string]: readonly { readonly message: string | null }[] | Validation;
}

/** A refusal or a failure of the API, as a person is to read it. Thrown by every call. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly id: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly requestId: string | null;
  readonly validation: Validation | null;

  constructor(
    message: string,
    about: { id: string; status: number; requestId?: string | null; validation?: Validation | null },
  ) {
    super(message);
    this.id = about.id;
    this.status = about.status;
    this.requestId = about.requestId ?? null;
    this.validation = about.validation ?? null;
  }
}

/** The problem document (RFC 9457) of a refused response; a plain one when the answer is something else. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("x-request-id");
  const document: unknown = await response.json().catch(() => null);
  if (isProblemDocument(document)) {
    const { id, detail, title, status, validation } = document;
    return new ApiProblem(detail || title, { id, status, requestId, validation });
  }
  return new ApiProblem(`The server answered ${response.status}.`, {
    id: "Unreadable",
    status: response.status,
    requestId,
  });
}

/** The messages for one field of a form; `target.url` names a nested one. */
export function fieldMessages(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  let node: Validation[string] | Validation | undefined = error.validation ?? undefined;
  for (const part of field.split(".")) {
    if (!node || Array.isArray(node)) return undefined;
    node = (node as Validation)[part];
  }
  if (!Array.isArray(node)) return undefined;
  return node.map((issue: { message: string | null }) => issue.message ?? "is not right").join("; ");
}

interface ProblemDocument {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly validation: Validation | null;
}

function isProblemDocument(value: unknown): value is ProblemDocument {
  return typeof value === "object" && value !== null && "id" in value && "title" in value;
}

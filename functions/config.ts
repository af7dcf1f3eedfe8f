import * as v from "valibot";

type Group =
  | "Web server"
  | "Database"
  | "Authentication"
  | "Delivery"
  | "Rate limits"
  | "Quotas"
  | "Mail"
  | "Operations";

/** Describes a setting for `GET /environment_variables` and the operator who reads it. */
const about = <T>(group: Group, description: string, sensitive = false) =>
  v.metadata<T, { group: Group; description: string; sensitive: boolean }>({ group, description, sensitive });

const text = v.pipe(v.string(), v.nonEmpty());
const flag = (fallback: "true" | "false") =>
  v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((value) => value === "true"),
    ),
    fallback,
  );
const integer = (fallback: number, min: number) =>
  v.optional(v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(min)), String(fallback));

/** Every setting of the environment. Hook0's names where Hook0 has one. */
const settings = {
  IP: v.pipe(v.optional(text, "127.0.0.1"), about("Web server", "Address that the local stack listens on")),
  PORT: v.pipe(integer(8080, 0), about("Web server", "Port that the local stack listens on")),
  APP_URL: v.pipe(
    v.pipe(v.string(), v.url("must be a URL")),
    about("Web server", "Public URL of this environment, without a path"),
  ),
  DATABASE_URL: v.pipe(text, about("Database", "Connection string of a PostgreSQL 18 or newer", true)),
  DATABASE_DRIVER: v.pipe(
    v.optional(v.picklist(["pg", "neon"])),
    about("Database", "How to reach it: pg, or neon (over WebSocket); found by the host when left out"),
  ),
  DATABASE_CONNECTIONS_MAX: v.pipe(integer(5, 1), about("Database", "Connections that one process may open")),
  BISCUIT_PRIVATE_KEY: v.pipe(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits")),
    about("Authentication", "Ed25519 private key that signs every token, in hexadecimal", true),
  ),
  BISCUIT_PREVIOUS_PUBLIC_KEY: v.pipe(
    v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits"))),
    about(
      "Authentication",
      "Public key of the private key before the last rotation: its tokens are still accepted",
    ),
  ),
  DISABLE_REGISTRATION: v.pipe(flag("false"), about("Authentication", "Let nobody register")),
  MASTER_API_KEY: v.pipe(
    v.optional(v.pipe(v.string(), v.uuid("must be a UUID"), v.toLowerCase())),
    about("Authentication", "A UUID that may do everything; leave it out to have none", true),
  ),
  DELIVERIES_QUEUE_URL: v.pipe(
    v.pipe(v.string(), v.url("must be a URL")),
    about("Delivery", "URL of the SQS queue of deliveries"),
  ),
  DUE_HINTS_TABLE: v.pipe(
    v.optional(text),
    about(
      "Delivery",
      "DynamoDB table of when attempts fall due, so that the scheduler lets an idle database sleep",
    ),
  ),
  DUE_HINTS_FOLDER: v.pipe(
    v.optional(text),
    about("Delivery", "The same as a folder, for functions on one machine"),
  ),
  SCHEDULER_SWEEP_SECONDS: v.pipe(
    integer(3_600, 1),
    about("Delivery", "Longest time without a look into the database, whatever the hints say, in seconds"),
  ),
  SQS_ENDPOINT: v.pipe(
    v.optional(v.pipe(v.string(), v.url("must be a URL"))),
    about("Delivery", "Where SQS is, when it is not in AWS"),
  ),
  MAX_RETRIES: v.pipe(
    integer(24, 0),
    about("Delivery", "Attempts after the first before a delivery is given up"),
  ),
  MAX_RETRY_WINDOW_SECONDS: v.pipe(
    integer(691_200, 1),
    about("Delivery", "No retry is made later than this after a delivery's first attempt, in seconds"),
  ),
  SUBSCRIPTION_DISABLE_AFTER_HOURS: v.pipe(
    integer(120, 1),
    about("Delivery", "A subscription whose endpoint has only failed for this long is disabled, in hours"),
  ),
  SUBSCRIPTION_PAUSE_AFTER_FAILURES: v.pipe(
    integer(20, 1),
    about(
      "Delivery",
      "A subscription whose endpoint has failed this often in a row, over a minute, is paused and probed",
    ),
  ),
  DELIVERY_TIMEOUT_MS: v.pipe(
    integer(15_000, 1),
    about("Delivery", "Longest that one request to an endpoint may take, its answer included, in ms"),
  ),
  DELIVERY_CONNECT_TIMEOUT_MS: v.pipe(
    integer(5_000, 1),
    about("Delivery", "Longest that connecting to an endpoint may take, in ms"),
  ),
  DELIVERY_LEASE_SECONDS: v.pipe(
    integer(60, 2),
    about(
      "Delivery",
      "How long a delivery is left to the queue or function that has it, in seconds: at least twice DELIVERY_TIMEOUT_MS",
    ),
  ),
  DISABLE_TARGET_IP_CHECK: v.pipe(
    flag("false"),
    about("Delivery", "Allow targets on this machine and on private networks"),
  ),
  SCHEDULER_INTERVAL_SECONDS: v.pipe(
    integer(60, 1),
    about("Delivery", "Time between two runs of the scheduler, in seconds"),
  ),
  DISABLE_RATE_LIMITS: v.pipe(flag("false"), about("Rate limits", "Limit nobody")),
  RATE_LIMIT_TOKEN_BURST: v.pipe(integer(2_000, 1), about("Rate limits", "Requests of one token at once")),
  RATE_LIMIT_TOKEN_PER_SECOND: v.pipe(
    integer(1_000, 1),
    about("Rate limits", "Requests of one token, sustained"),
  ),
  RATE_LIMIT_IP_BURST: v.pipe(integer(4_000, 1), about("Rate limits", "Requests of one address at once")),
  RATE_LIMIT_IP_PER_SECOND: v.pipe(
    integer(2_000, 1),
    about("Rate limits", "Requests of one address, sustained"),
  ),
  ENABLE_QUOTA_ENFORCEMENT: v.pipe(flag("false"), about("Quotas", "Enforce the quotas below")),
  QUOTA_GLOBAL_MEMBERS_PER_ORGANIZATION_LIMIT: v.pipe(
    integer(1, 0),
    about("Quotas", "Members of an organization"),
  ),
  QUOTA_GLOBAL_APPLICATIONS_PER_ORGANIZATION_LIMIT: v.pipe(
    integer(1, 0),
    about("Quotas", "Applications of an organization"),
  ),
  QUOTA_GLOBAL_EVENTS_PER_DAY_LIMIT: v.pipe(
    integer(100, 0),
    about("Quotas", "Events of an application on a UTC day"),
  ),
  QUOTA_GLOBAL_DAYS_OF_EVENTS_RETENTION_LIMIT: v.pipe(
    v.optional(v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1))),
    about(
      "Quotas",
      "Days that an event is kept, also when quotas are not enforced; when left out, 7 with quotas and for ever without",
    ),
  ),
  QUOTA_GLOBAL_SUBSCRIPTIONS_PER_APPLICATION_LIMIT: v.pipe(
    integer(10, 0),
    about("Quotas", "Subscriptions of an application"),
  ),
  QUOTA_GLOBAL_EVENT_TYPES_PER_APPLICATION_LIMIT: v.pipe(
    integer(10, 0),
    about("Quotas", "Event types of an application"),
  ),
  SMTP_CONNECTION_URL: v.pipe(
    v.optional(v.pipe(v.string(), v.url("must be a URL"))),
    about(
      "Mail",
      "SMTP server to send mail by, such as smtps://user:password@host; without it, Amazon SES",
      true,
    ),
  ),
  EMAIL_SENDER_ADDRESS: v.pipe(
    v.optional(v.pipe(v.string(), v.email("must be an e-mail address")), "columba@columba.example"),
    about("Mail", "Address that mail comes from"),
  ),
  MAIL_FOLDER: v.pipe(v.optional(text), about("Mail", "Folder to keep mail in instead of sending it")),
  HEALTH_CHECK_KEY: v.pipe(
    v.optional(v.string()),
    about("Operations", "Key of GET /health: unset hides it, empty makes it public", true),
  ),
  ORIGIN_SECRET: v.pipe(
    v.optional(text),
    about(
      "Web server",
      "What the CDN sends as X-Origin-Secret; other requests are refused, and its viewer address is believed",
      true,
    ),
  ),
  SUPPORT_EMAIL_ADDRESS: v.pipe(
    v.optional(v.pipe(v.string(), v.email("must be an e-mail address")), "support@columba.example"),
    about("Operations", "Address that users are told to write to"),
  ),
  METRICS_NAMESPACE: v.pipe(
    v.optional(text),
    about(
      "Operations",
      "CloudWatch namespace of the metrics that the functions write into their logs; none are written without it",
    ),
  ),
  LOG_LEVEL: v.pipe(
    v.optional(v.picklist(["trace", "debug", "info", "warn", "error", "silent"]), "info"),
    about("Operations", "Least severe level that is logged"),
  ),
};
const Settings = v.object(settings);
export type Config = v.InferOutput<typeof Settings>;

/** What functions that no client reaches need: they hold no key. */
const SchedulerSettings = v.omit(Settings, ["BISCUIT_PRIVATE_KEY", "MASTER_API_KEY"]);
export type SchedulerConfig = v.InferOutput<typeof SchedulerSettings>;
/** And those that make no links into the dashboard. */
const WorkerSettings = v.omit(SchedulerSettings, ["APP_URL"]);
export type WorkerConfig = v.InferOutput<typeof WorkerSettings>;

/** Parses the environment. Throws one error that names every missing or malformed setting. */
function parseConfig<T extends typeof Settings | typeof SchedulerSettings | typeof WorkerSettings>(
  schema: T,
  environment: NodeJS.ProcessEnv,
): v.InferOutput<T> {
  const parsed = v.safeParse(schema, environment);
  const faults = parsed.success
    ? faultsOf(parsed.output)
    : parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  if (parsed.success && faults.length === 0) return parsed.output;
  throw new Error(`The environment is not complete:\n  ${faults.join("\n  ")}`);
}

/** What is wrong between settings that are right each for itself. */
function faultsOf(config: WorkerConfig): string[] {
  // Shorter, and a slow endpoint would be called again while it is still answering.
  const isLongEnough = config.DELIVERY_LEASE_SECONDS * 1_000 >= 2 * config.DELIVERY_TIMEOUT_MS;
  return isLongEnough ? [] : ["DELIVERY_LEASE_SECONDS: must be at least twice DELIVERY_TIMEOUT_MS"];
}

/* oxlint-disable node/no-process-env -- the only place that reads it */

/** The settings of this process's environment and of `secrets`. Throws as `parseConfig`. */
export const readConfig = (secrets: Record<string, string> = {}): Config =>
  parseConfig(Settings, { ...process.env, ...secrets });

/** As `readConfig`, for the scheduler. */
export const readSchedulerConfig = (secrets: Record<string, string> = {}): SchedulerConfig =>
  parseConfig(SchedulerSettings, { ...process.env, ...secrets });

/** As `readConfig`, for a function that no client reaches. */
export const readWorkerConfig = (secrets: Record<string, string> = {}): WorkerConfig =>
  parseConfig(WorkerSettings, { ...process.env, ...secrets });

/** The SSM parameters that hold further settings, from `SECRET_PARAMETERS`, separated by commas. */
export const readSecretNames = (): string[] => process.env["SECRET_PARAMETERS"]?.split(",") ?? [];

/* oxlint-enable node/no-process-env */

export interface EnvironmentVariable {
  readonly name: string;
  readonly env_var: string;
  readonly description: string;
  readonly default: string | null;
  readonly sensitive: boolean;
  readonly required: boolean;
  readonly group: string;
}

/** Every setting with its meaning and default, and never its value (Hook0 1.4). */
export function describeSettings(): EnvironmentVariable[] {
  return Object.entries(settings).map(([name, schema]) => {
    const { group, description, sensitive } = v.getMetadata(schema);
    const fallback: unknown = v.getDefault(schema);
    const required = !v.safeParse(schema, undefined).success;
    return {
      name,
      env_var: name,
      description,
      default: typeof fallback === "string" ? fallback : null,
      sensitive,
      required,
      group,
    };
  });
}

import type { Logger } from "pino";
import type { Change } from "#core/audit-entry.ts";
import type { Caller, Credential, Keyring } from "#core/auth/caller.ts";
import type { Context } from "#core/context.ts";
import type { DueHints } from "#core/delivery/due-hints.ts";
import type { DeliveryQueue } from "#core/delivery/queue.ts";
import type { IngestContext } from "#core/ingest.ts";
import type { RateLimiter } from "#core/rate-limit.ts";
import type { SubscriptionContext } from "#core/subscription.ts";
import type { EnvironmentVariable } from "#functions/config.ts";
import type { Metrics } from "#functions/metrics.ts";

/** What the API is built from, once, at the edge. */
export interface ApiDeps {
  readonly ctx: IngestContext & SubscriptionContext;
  readonly keyring: Keyring;
  readonly queue: DeliveryQueue;
  /** Left out where the scheduler always looks into the ledger. */
  readonly hints?: DueHints | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Null when nobody is limited. */
  readonly rateLimiter: RateLimiter | null;
  /** Starts sending what mail is due, and does not wait for it. */
  readonly flushMail: () => Promise<void>;
  readonly settings: ApiSettings;
}

interface ApiSettings {
  /** Public URL of this environment, without a path or a final slash. */
  readonly appUrl: string;
  readonly isRegistrationDisabled: boolean;
  readonly supportEmailAddress: string;
  /** Undefined hides `GET /health`; empty makes it public. */
  readonly healthCheckKey: string | undefined;
  readonly environmentVariables: readonly EnvironmentVariable[];
}

/** What the host (Lambda, or the local server) tells of a request. */
interface Bindings {
  /** Address of the peer, as the host saw it: never what a header claims. */
  readonly clientIp: string;
}

export interface ApiEnv {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    credential: Credential;
    caller: Caller;
    /** Of a request in an organization: what `audited` puts on record. */
    change: Omit<Change, "subject">;
    /** Throws Forbidden when the caller may not do this any more, by what the ledger says in this context. */
    judge: (ctx: Context) => Promise<void>;
    /** Of the subscription in the path, where the request names no application. */
    applicationId: string;
  };
}

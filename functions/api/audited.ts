import type { Context as HonoContext } from "hono";
import * as AuditEntry from "#core/audit-entry.ts";
import type { Action } from "#core/auth/action.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";

type Ctx = ApiDeps["ctx"];

/**
 * How a route makes its change: in one transaction with the entry on the organization's audit log, so that neither is
 * there without the other. Who has a token whose limits may depend on the ledger is judged once more in it, by what can
 * no longer change. What is done outside the ledger comes after: by then the change has been committed.
 */
export const auditing =
  ({ ctx }: Pick<ApiDeps, "ctx">) =>
  <T>(c: HonoContext<ApiEnv>, make: (ctx: Ctx) => Promise<T>): Promise<T> =>
    AuditEntry.recorded(
      ctx,
      async (within) => {
        await c.var.judge(within);
        return make(within);
      },
      (made) => ({ ...c.var.change, subject: subjectOf(c, made) }),
    );

/** By what a created thing is known, in what its making returns. */
const createdIds: Partial<Record<Action, string>> = {
  "application:create": "application_id",
  "event_type:create": "event_type_name",
  "subscription:create": "subscription_id",
  "replay:create": "replay_id",
  "erasure:create": "erasure_id",
  "service_token:create": "token_id",
  "organization:invite": "email",
  "organization:revoke": "user_id",
  "organization:edit_role": "user_id",
  "application_secret:create": "token",
};

/** What a request changes: the id or name in its path, or of what it made. Secrets are cut. */
function subjectOf(c: HonoContext<ApiEnv>, made: unknown): string | null {
  const { action } = c.var.change;
  const created = createdIds[action];
  const subject = created ? fieldOf(made, created) : (Object.values(c.req.param())[0] ?? null);
  return subject && action.startsWith("application_secret:") ? `…${subject.slice(-4)}` : subject;
}

function fieldOf(made: unknown, field: string): string | null {
  const value = new Map(Object.entries(made ?? {})).get(field);
  return typeof value === "string" ? value : null;
}

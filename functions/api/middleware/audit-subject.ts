import type { Context } from "hono";
import type { Action } from "#core/auth/action.ts";

/** By what a created thing is known, in the answer that created it. */
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

/** What a request that succeeded changed: the id or name in its path, or of what it created. Secrets are cut. */
export async function subjectOf(c: Context, action: Action): Promise<string | null> {
  const created = createdIds[action];
  const subject = created ? await fieldOf(c.res, created) : (Object.values(c.req.param())[0] ?? null);
  return subject && action.startsWith("application_secret:") ? `…${subject.slice(-4)}` : subject;
}

async function fieldOf(response: Response, field: string): Promise<string | null> {
  const body = (await response.clone().json()) as Record<string, unknown>;
  return typeof body[field] === "string" ? body[field] : null;
}

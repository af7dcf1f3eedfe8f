import * as v from "valibot";
import type { Caller } from "#core/auth/caller.ts";
import type { Action } from "#core/auth/action.ts";
import type { Context } from "#core/context.ts";
import { inTransaction } from "#core/db/transaction.ts";

export const AuditEntry = v.object({
  audit_entry_id: v.string(),
  application_id: v.nullable(v.string()),
  actor_kind: v.string(),
  actor_id: v.nullable(v.string()),
  action: v.string(),
  subject: v.nullable(v.string()),
  ip: v.string(),
  at: v.date(),
});
export type AuditEntry = v.InferOutput<typeof AuditEntry>;

export interface Change {
  readonly caller: Caller;
  readonly organizationId: string;
  readonly applicationId: string | null;
  readonly action: Action;
  /** What was changed: an id or a name, never a secret. */
  readonly subject: string | null;
  readonly ip: string;
}

/** Makes a change and puts it on record: both commit together, or neither is. Returns what the change does. */
export function recorded<C extends Context, T>(
  ctx: C,
  make: (ctx: C) => Promise<T>,
  changeOf: (made: T) => Change,
): Promise<T> {
  return inTransaction(ctx, async (tx) => {
    const made = await make({ ...ctx, db: tx });
    await record({ ...ctx, db: tx }, changeOf(made));
    return made;
  });
}

async function record(ctx: Context, change: Change): Promise<void> {
  await ctx.db
    .insertInto("audit_entry")
    .values({
      organization_id: change.organizationId,
      application_id: change.applicationId,
      actor_kind: change.caller.kind,
      actor_id: actorId(change.caller),
      action: change.action,
      subject: change.subject,
      ip: change.ip,
      at: ctx.now(),
    })
    .execute();
}

function actorId(caller: Caller): string | null {
  switch (caller.kind) {
    case "user":
      return caller.userId;
    case "service_token":
      return caller.tokenId;
    case "application_secret":
      return caller.applicationId;
    case "master":
      return null;
  }
}

const LIST_LENGTH = 100;

/** The latest hundred changes in an organization before an instant, newest first. */
export function list(ctx: Context, organizationId: string, before?: Date): Promise<AuditEntry[]> {
  let entries = ctx.db
    .selectFrom("audit_entry")
    .where("organization_id", "=", organizationId)
    .orderBy("at", "desc")
    .orderBy("audit_entry_id", "desc")
    .limit(LIST_LENGTH)
    .select(["audit_entry_id", "application_id", "actor_kind", "actor_id", "action", "subject", "ip", "at"]);
  if (before) entries = entries.where("at", "<", before);
  return entries.execute();
}

import type { Transaction } from "kysely";
import type { Context } from "#core/context.ts";
import type { Tables } from "#core/db/tables.ts";
import { requestMail } from "#core/mail/outbox.ts";
import { abandonAttempts } from "#core/request-attempt.ts";
import { removeRoutes } from "#core/subscription-route.ts";

export type DisabledReason = "gone" | "failing";

interface Named {
  readonly applicationId: string;
  readonly subscriptionId: string;
}

/**
 * Disables a subscription because of what its endpoint does, ends its open attempts as failed, and has the
 * organization's editors told by mail. Returns whether it was enabled until now.
 */
export async function disable(
  ctx: Context,
  tx: Transaction<Tables>,
  of: Named,
  reason: DisabledReason,
): Promise<boolean> {
  const now = ctx.now();
  const result = await tx
    .updateTable("subscription")
    .set({ is_enabled: false, disabled_reason: reason, updated_at: now })
    .where("application_id", "=", of.applicationId)
    .where("subscription_id", "=", of.subscriptionId)
    .where("is_enabled", "=", true)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  await removeRoutes(tx, of.subscriptionId);
  await abandonAttempts(tx, of, now);
  await tellEditors(tx, now, of, reason);
  return true;
}

async function tellEditors(
  tx: Transaction<Tables>,
  now: Date,
  of: Named,
  reason: DisabledReason,
): Promise<void> {
  const editors = await tx
    .selectFrom("application as a")
    .innerJoin("organization_member as m", "m.organization_id", "a.organization_id")
    .innerJoin("user_account as u", "u.user_id", "m.user_id")
    .innerJoin("subscription as s", "s.application_id", "a.application_id")
    .where("a.application_id", "=", of.applicationId)
    .where("s.subscription_id", "=", of.subscriptionId)
    .where("m.role", "=", "editor")
    .select(["u.email", "a.name as application", "s.target_url as target"])
    .execute();
  for (const { email, application, target } of editors) {
    const data = { application, target, reason };
    await requestMail(tx, now, { kind: "subscription_disabled", address: email, data });
  }
}

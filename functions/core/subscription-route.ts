import { sql, type Transaction } from "kysely";
import type { Tables } from "#core/db/tables.ts";
import { canonicalSelector, isPattern } from "#core/event-type-pattern.ts";

interface RoutedSubscription {
  readonly application_id: string;
  readonly subscription_id: string;
  readonly event_types: readonly string[];
}

/** From now on no event goes to the subscription. */
export async function removeRoutes(tx: Transaction<Tables>, subscriptionId: string): Promise<void> {
  await tx.deleteFrom("subscription_route").where("subscription_id", "=", subscriptionId).execute();
}

/** From now on events that match the subscription go to it. */
export async function addRoutes(tx: Transaction<Tables>, subscription: RoutedSubscription): Promise<void> {
  const { application_id, subscription_id, event_types } = subscription;
  const names = new Set(event_types.map(canonicalSelector));
  // The anchor is the label that the fewest subscriptions of the application carry: the best one to look up by.
  await sql`
    insert into subscription_route (application_id, event_type_name, anchor, subscription_id, labels)
    select s.application_id, event_type_name, anchor.text, s.subscription_id, s.labels
    from subscription s
    cross join unnest(${[...names]}::text[]) as event_type_name
    cross join lateral (
      select label.key || '=' || label.value as text
      from jsonb_each_text(s.labels) as label
      order by (
        select count(*) from subscription other
        where other.application_id = s.application_id and other.deleted_at is null
          and other.labels @> jsonb_build_object(label.key, label.value)
      ), label.key
      limit 1
    ) anchor
    where s.application_id = ${application_id} and s.subscription_id = ${subscription_id}
  `.execute(tx);
  if (!event_types.some(isPattern)) return;
  await tx
    .updateTable("application")
    .set({ has_patterns: true })
    .where("application_id", "=", application_id)
    .where("has_patterns", "=", false)
    .execute();
}

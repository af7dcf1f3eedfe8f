import { sql } from "kysely";
import type { Database } from "#core/db/client.ts";

/** One request attempt as the ledger has it. */
export interface LedgerAttempt {
  readonly delivery_id: string;
  readonly event_id: string;
  readonly subscription_id: string;
  readonly retry_count: number;
  readonly picked_at: Date | null;
  readonly succeeded_at: Date | null;
  readonly failed_at: Date | null;
  readonly response_status: number | null;
  readonly response_error_name: string | null;
}

export async function readAttempts(
  db: Database,
  subscriptionIds: readonly string[],
): Promise<LedgerAttempt[]> {
  return db
    .selectFrom("request_attempt")
    .where("subscription_id", "in", [...subscriptionIds])
    .orderBy("retry_count")
    .select([
      "delivery_id",
      "event_id",
      "subscription_id",
      "retry_count",
      "picked_at",
      "succeeded_at",
      "failed_at",
      "response_status",
      "response_error_name",
    ])
    .execute();
}

/** Attempts that are neither done nor given up. */
export async function countOpen(db: Database): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::integer as open from request_attempt where succeeded_at is null and failed_at is null
  `.execute(db);
  return rows[0]?.open ?? 0;
}

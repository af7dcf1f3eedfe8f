import { sql } from "kysely";
import * as v from "valibot";
import type { Context } from "#core/context.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { Problem } from "#core/problem.ts";
import { Uuid } from "#core/schema.ts";
import * as Subscription from "#core/subscription.ts";

const OVERLAP_SECONDS_MAX = 7 * 86_400;
const OVERLAP_SECONDS_DEFAULT = 86_400;

export const RotationPost = v.object({
  application_id: Uuid,
  overlap_seconds: v.nullish(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(OVERLAP_SECONDS_MAX, `must be at most ${OVERLAP_SECONDS_MAX}`),
    ),
    OVERLAP_SECONDS_DEFAULT,
  ),
});
export type RotationPost = v.InferOutput<typeof RotationPost>;

/**
 * Gives a subscription new secrets. For the seconds of the overlap its requests are signed with the old ones too, and it
 * cannot be rotated again but with an overlap of 0, at which everything old stops at once: else a request repeated by
 * mistake would cut off receivers that still have the first secret. Throws NotFound or Validation.
 */
export async function rotate(
  ctx: Context,
  subscriptionId: string,
  { application_id, overlap_seconds }: RotationPost,
): Promise<Subscription.Subscription> {
  const now = ctx.now();
  const until = overlap_seconds > 0 ? secondsAfter(now, overlap_seconds) : null;
  const { rows } = await sql`
    update subscription set
      secret = default,
      standard_secret = default,
      previous_secret = case when ${until}::timestamptz is not null then secret end,
      previous_standard_secret = case when ${until}::timestamptz is not null then standard_secret end,
      previous_secrets_until = ${until},
      updated_at = ${now}
    where application_id = ${application_id} and subscription_id = ${subscriptionId} and deleted_at is null
      and (${until}::timestamptz is null or previous_secrets_until is null or previous_secrets_until <= ${now})
    returning subscription_id
  `.execute(ctx.db);
  const subscription = await Subscription.get(ctx, application_id, subscriptionId);
  if (rows.length === 0) throw overlapProblem(subscription.previous_secrets_until);
  return subscription;
}

function overlapProblem(until: Date | null): Problem {
  const message = `must be 0 until the secrets of the last rotation have ended, at ${until?.toISOString()}`;
  return new Problem("Validation", `overlap_seconds: ${message}`, {
    overlap_seconds: [{ code: "overlap", message, params: {} }],
  });
}

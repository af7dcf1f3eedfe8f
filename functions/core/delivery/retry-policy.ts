import * as v from "valibot";

const seconds = (max: number) =>
  v.pipe(v.number(), v.minValue(1, "must be at least 1"), v.maxValue(max, `must be at most ${max}`));
const WINDOW_SECONDS_MAX = 30 * 86_400;
const RETRIES_MAX = 50;

/** When a subscription's failed deliveries are tried again: at listed delays, or at growing ones. */
export const RetryPolicy = v.union([
  v.object({
    /** Seconds to wait before each retry; when they are used up, the delivery is given up. */
    schedule_seconds: v.pipe(
      v.array(seconds(86_400)),
      v.maxLength(RETRIES_MAX, `must have at most ${RETRIES_MAX} entries`),
    ),
    window_seconds: v.nullish(seconds(WINDOW_SECONDS_MAX), null),
  }),
  v.object({
    exponential: v.object({
      initial_seconds: seconds(86_400),
      factor: v.pipe(v.number(), v.minValue(1, "must be at least 1"), v.maxValue(10, "must be at most 10")),
      cap_seconds: seconds(86_400),
      retries: v.pipe(
        v.number(),
        v.integer("must be a whole number"),
        v.minValue(0, "must be at least 0"),
        v.maxValue(RETRIES_MAX, `must be at most ${RETRIES_MAX}`),
      ),
    }),
    window_seconds: v.nullish(seconds(WINDOW_SECONDS_MAX), null),
  }),
]);
export type RetryPolicy = v.InferOutput<typeof RetryPolicy>;

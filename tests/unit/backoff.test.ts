import fc from "fast-check";
import { expect, test } from "vitest";
import type { RetryPolicy } from "#core/delivery/retry-policy.ts";
import { nextDelaySeconds, retryAfterSeconds } from "#core/delivery/backoff.ts";
import { stepsWithin } from "#core/delivery/retry-steps.ts";

const now = new Date("2026-11-23T12:00:00Z");
const plain = { status: 500, retryAfter: undefined, firstAt: now, policy: null };
const options = { retriesMax: 24, windowSeconds: 691_200, now, random: () => 0 };
const steps = [3, 10, 180, 1_800, 3_600, 10_800, 18_000, ...Array.from({ length: 17 }, () => 36_000)];

test("waits as Hook0 does: 24 retries over seven and a half days, then none", () => {
  const delays = Array.from({ length: 25 }, (_, retryCount) =>
    nextDelaySeconds({ ...plain, retryCount }, options),
  );
  expect(delays).toEqual([...steps, null]);
  expect(steps.reduce((sum, step) => sum + step) / 3_600).toBeCloseTo(179.55, 1);
});

test("jitter only adds: at most a tenth of the step, but 2 s to 15 min", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 23 }), random, (retryCount, chance) => {
      const delay = nextDelaySeconds({ ...plain, retryCount }, { ...options, random: () => chance }) ?? 0;
      const step = steps[retryCount] ?? 0;
      const spread = Math.min(Math.max(step / 10, 2), 900);
      expect(delay).toBeGreaterThanOrEqual(step);
      expect(delay).toBeLessThanOrEqual(step + spread);
    }),
  );
});

test.each([
  ["120", 120],
  ["0", 0],
  ["Mon, 23 Nov 2026 12:05:00 GMT", 300],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
  ["999999999", 36_000],
  ["soon", 0],
  ["-5", 0],
  ["1.5", 0],
  [undefined, 0],
])("reads Retry-After %s as %i s", (value, seconds) => {
  expect(retryAfterSeconds(value, now)).toBe(seconds);
});

test.each([
  [429, 120],
  [503, 120],
  [500, 3],
])("a %i with Retry-After: 120 waits %i s", (status, seconds) => {
  const failure = { ...plain, retryCount: 0, status, retryAfter: "120" };
  expect(nextDelaySeconds(failure, options)).toBe(seconds);
});

test("Retry-After never shortens the schedule, whatever it says", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 23 }), (retryAfter, retryCount) => {
      const failure = { ...plain, retryCount, status: 429, retryAfter };
      const delay = nextDelaySeconds(failure, options);
      expect(delay).toBeGreaterThanOrEqual(steps[retryCount] ?? 0);
      expect(delay).toBeLessThanOrEqual(36_000);
    }),
  );
});

test("no retry is made after the window, counted from the first attempt", () => {
  const firstAt = new Date(now.getTime() - 100_000_000);
  const failure = { ...plain, retryCount: 2, firstAt };
  expect(nextDelaySeconds(failure, { ...options, windowSeconds: 100_180 })).toBe(180);
  expect(nextDelaySeconds(failure, { ...options, windowSeconds: 100_179 })).toBeNull();
  const policy = { schedule_seconds: [1, 1, 5], window_seconds: 100_004 };
  expect(nextDelaySeconds({ ...failure, policy }, options)).toBeNull();
});

test("a subscription's own policy: listed delays, or growing ones up to a cap", () => {
  const delays = (policy: RetryPolicy) =>
    Array.from({ length: 5 }, (_, retryCount) => nextDelaySeconds({ ...plain, retryCount, policy }, options));
  expect(delays({ schedule_seconds: [1, 60, 7], window_seconds: null })).toEqual([1, 60, 7, null, null]);
  const exponential = { initial_seconds: 2, factor: 3, cap_seconds: 15, retries: 4 };
  expect(delays({ exponential, window_seconds: null })).toEqual([2, 6, 15, 15, null]);
  expect(delays({ schedule_seconds: [], window_seconds: null })[0]).toBeNull();
});

test("the steps that are shown are the delays of a delivery that only fails, whatever the policy", () => {
  const seconds = fc.integer({ min: 1, max: 86_400 });
  const window_seconds = fc.option(fc.integer({ min: 1, max: 30 * 86_400 }));
  const policy = fc.oneof(
    fc.constant(null),
    fc.record({ schedule_seconds: fc.array(seconds, { maxLength: 50 }), window_seconds }),
    fc.record({
      exponential: fc.record({
        initial_seconds: seconds,
        factor: fc.integer({ min: 1, max: 10 }),
        cap_seconds: seconds,
        retries: fc.integer({ min: 0, max: 50 }),
      }),
      window_seconds,
    }),
  );
  fc.assert(
    fc.property(policy, (policy: RetryPolicy | null) => {
      const delays: number[] = [];
      for (;;) {
        const elapsed = delays.reduce((sum, delay) => sum + delay, 0);
        const firstAt = new Date(now.getTime() - elapsed * 1_000);
        const failure = { ...plain, policy, firstAt, retryCount: delays.length };
        const delay = nextDelaySeconds(failure, options);
        if (delay === null) break;
        delays.push(delay);
      }
      expect(stepsWithin(policy, options)).toEqual(delays);
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSpan, parseSpan, SPAN_PATTERN } from "../../../web/src/lib/duration.ts";
import { describeRetries } from "../../../web/src/lib/retry-words.ts";

const schedule = (schedule_seconds: number[], window_seconds: number | null = null) => ({
  schedule_seconds,
  window_seconds,
});

test.each([
  [
    null,
    "At once, then after 3 s, 10 s, 3 min, 30 min, 1 h, 3 h, 5 h, then every 10 h, as long as this instance retries.",
  ],
  [schedule([]), "One attempt, at once. If it fails, the delivery is a dead letter."],
  [schedule([5, 60, 600]), "4 attempts within 11 min: at once, then after 5 s, 1 min, 10 min."],
  [schedule([5, 5, 3_600, 3_600]), "5 attempts within 2 h: at once, then after 2 × 5 s, 2 × 1 h."],
  [
    schedule([60, 3_600, 86_400], 7_200),
    "3 attempts within 1 h: at once, then after 1 min, 1 h. 1 retry would come too late.",
  ],
  [
    {
      exponential: { initial_seconds: 1, factor: 2, cap_seconds: 1_000, retries: 12 },
      window_seconds: null,
    },
    "13 attempts within 50 min: at once, then after 1 s, 2 s, 4 s, 8 s, 16 s, 32 s, 1.1 min, 2.1 min and 4 more, up to 17 min.",
  ],
])("%j is told in words", (policy, words) => {
  expect(describeRetries(policy)).toBe(words);
});

test("a span that is shown is read back as exactly as many seconds, and fits its input", () => {
  const pattern = new RegExp(`^(?:${SPAN_PATTERN})$`, "v");
  const whole = fc.integer({ min: 1, max: 30 * 86_400 });
  fc.assert(
    fc.property(fc.oneof(whole, fc.double({ min: 1, max: 86_400, noNaN: true })), (seconds) => {
      expect(parseSpan(formatSpan(seconds))).toBe(seconds);
      expect(formatSpan(seconds)).toMatch(pattern);
    }),
  );
});

test.each([
  ["90", 90],
  ["1.5h", 5_400],
  [" 10 min ", 600],
  ["3 d", 259_200],
  ["soon", Number.NaN],
  ["5 weeks", Number.NaN],
  ["-5 s", Number.NaN],
])("%j is typed for %d seconds", (text, seconds) => {
  expect(parseSpan(text)).toBe(seconds);
});

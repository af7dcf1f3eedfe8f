import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, formatInstant, formatRelative } from "../../../web/src/lib/duration.ts";

test.each([
  [0, "0 ms"],
  [840, "840 ms"],
  [1_000, "1 s"],
  [12_400, "12 s"],
  [90_000, "1.5 min"],
  [7_200_000, "2 h"],
  [172_800_000, "2 d"],
])("%i ms reads as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("a relative time says which side of now it is on, and never a broken unit", () => {
  expect(formatRelative(1_000, 1_500)).toBe("just now");
  expect(formatRelative(0, 180_000)).toBe("3 min ago");
  expect(formatRelative(180_000, 0)).toBe("in 3 min");
  fc.assert(
    fc.property(fc.integer({ min: 2_000, max: 4e9 }), (away) => {
      expect(formatRelative(0, away)).toMatch(/^\d+ (s|min|h|d) ago$/);
      expect(formatRelative(away, 0)).toMatch(/^in \d+ (s|min|h|d)$/);
    }),
  );
});

test("an instant in full holds the UTC time that a log line has", () => {
  expect(formatInstant(new Date("2026-11-23T10:00:00.123Z"))).toContain("2026-11-23T10:00:00.123Z");
});

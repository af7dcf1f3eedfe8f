import { expect, test } from "vitest";
import { judge as admit } from "#core/delivery/admission.ts";
import { judge } from "#core/delivery/health.ts";
import type { Answer } from "#core/delivery/send.ts";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const settings = { disableAfterSeconds: 432_000, pauseAfterFailures: 20 };
const failed = (status: number | null, retryAfter?: string): Answer => ({
  errorName: "E_HTTP",
  status,
  headers: retryAfter ? { "retry-after": retryAfter } : {},
  body: null,
  elapsedMs: 1,
});
const well = { failures: 1, failing_since: now, pauses: 0 };
const pausedFor = (verdict: ReturnType<typeof judge>) =>
  verdict.kind === "pause"
    ? [verdict.reason, (verdict.until.getTime() - now.getTime()) / 1_000]
    : verdict.kind;

test("a first failure calls for nothing, whatever the status; Gone is the last word", () => {
  expect(judge(well, failed(500), settings, now)).toEqual({ kind: "nothing" });
  expect(judge(well, failed(null), settings, now)).toEqual({ kind: "nothing" });
  expect(judge(well, failed(410), settings, now)).toEqual({ kind: "disable", reason: "gone" });
});

test.each([
  [429, undefined, 5],
  [429, "90", 90],
  [502, undefined, 5],
  [504, "99999", 600],
])("a %i with Retry-After %s slows the endpoint for %i s", (status, retryAfter, seconds) => {
  expect(pausedFor(judge(well, failed(status, retryAfter), settings, now))).toEqual(["slowed", seconds]);
});

test("the circuit opens on twenty failures over a minute, and for longer each time, to 15 min", () => {
  const failing = { failures: 20, failing_since: ago(60), pauses: 0 };
  expect(pausedFor(judge(failing, failed(500), settings, now))).toEqual(["broken", 60]);
  expect(pausedFor(judge({ ...failing, pauses: 2 }, failed(500), settings, now))).toEqual(["broken", 240]);
  expect(pausedFor(judge({ ...failing, pauses: 9 }, failed(500), settings, now))).toEqual(["broken", 900]);
  expect(judge({ ...failing, failures: 19 }, failed(500), settings, now)).toEqual({ kind: "nothing" });
  expect(judge({ ...failing, failing_since: ago(59) }, failed(500), settings, now)).toEqual({
    kind: "nothing",
  });
});

test("nothing but failures for the set time disables", () => {
  const failing = { failures: 3, failing_since: ago(432_000), pauses: 0 };
  expect(judge(failing, failed(500), settings, now)).toEqual({ kind: "disable", reason: "failing" });
});

const free = {
  rate_limit_per_second: null,
  concurrency_limit: null,
  paused_until: null,
  pause_reason: null,
  in_flight: 0,
};

test("admission: places that are free, nothing in a pause, one probe after a broken one", () => {
  expect(admit(free, 7, { now, leaseSeconds: 60 })).toMatchObject({ admitted: 7 });
  expect(admit({ ...free, concurrency_limit: 3, in_flight: 1 }, 7, { now, leaseSeconds: 60 })).toMatchObject({
    admitted: 2,
  });
  expect(admit({ ...free, concurrency_limit: 3, in_flight: 5 }, 7, { now, leaseSeconds: 60 })).toMatchObject({
    admitted: 0,
  });
  const until = new Date(now.getTime() + 1);
  expect(
    admit({ ...free, paused_until: until, pause_reason: "broken" }, 7, { now, leaseSeconds: 60 }),
  ).toEqual({
    admitted: 0,
    retryAt: until,
    isProbe: false,
  });
  const ended = { ...free, paused_until: ago(1) };
  expect(admit({ ...ended, pause_reason: "broken" }, 7, { now, leaseSeconds: 60 })).toMatchObject({
    admitted: 1,
    isProbe: true,
  });
  expect(admit({ ...ended, pause_reason: "slowed" }, 7, { now, leaseSeconds: 60 })).toMatchObject({
    admitted: 7,
    isProbe: false,
  });
});

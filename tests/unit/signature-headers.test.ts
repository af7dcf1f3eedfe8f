import fc from "fast-check";
import { verifyWebhookSignatureWithCurrentTime } from "hook0-client";
import { expect, test } from "vitest";
import { signHook0 } from "#core/delivery/signature.ts";
import { signatureHeaderNames, signatureHeaders } from "#core/delivery/signature-headers.ts";
import type { Signing } from "#core/delivery/signing.ts";
import { generateKeyPair } from "#core/ed25519.ts";

const request = {
  event_id: "01a209a1-571a-7994-967a-9a4be4d5bdd2",
  payload: Buffer.from('{"order":42}'),
  secret: "0198c0de-0000-4000-8000-00000000000b",
};
const covered = new Map([
  ["content-type", "application/json"],
  ["x-event-id", request.event_id],
]);
const until = new Date("2026-11-24T10:00:00Z");
const before = new Date(until.getTime() - 1);
const signing: Signing = {
  signatures: ["hook0"],
  standard_secret: "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXc=",
  key_pair: generateKeyPair(),
  previous: {
    secret: "0198c0de-0000-4000-8000-00000000000a",
    standard_secret: "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQ=",
    until: "2026-11-24T10:00:00+00:00",
  },
};

function hook0Verifies(signature: string | undefined, secret: string, now: Date): boolean {
  try {
    const headers = new Headers([...covered]);
    return (
      verifyWebhookSignatureWithCurrentTime(signature ?? "", request.payload, headers, secret, 300, now) ===
      true
    );
  } catch {
    return false;
  }
}

test("a subscription that says nothing of signatures is signed by Hook0's one header", () => {
  const expected = { "x-hook0-signature": signHook0(request.secret, before, covered, request.payload) };
  expect(signatureHeaders({ ...request, signing: null }, before, covered)).toEqual(expected);
  const rotatedLongAgo = { ...request, signing };
  expect(signatureHeaders(rotatedLongAgo, until, covered)).toEqual({
    "x-hook0-signature": signHook0(request.secret, until, covered, request.payload),
  });
});

test("Hook0's published client checks one code only, the last: two secrets do not fit in its header", () => {
  const [old, current] = [signing.previous?.secret ?? "", request.secret];
  const [first, second] = [old, current].map((key) => signHook0(key, before, covered, request.payload));
  const code = second?.split(",").at(-1);
  for (const both of [`${first},${code}`, `${first}, ${second}`]) {
    expect(hook0Verifies(both, current, before)).toBe(true);
    expect(hook0Verifies(both, old, before)).toBe(false);
  }
});

test("while secrets overlap Hook0's client verifies with either, in the header that is for it", () => {
  const old = signing.previous?.secret ?? "";
  const headers = signatureHeaders({ ...request, signing }, before, covered);
  expect(Object.keys(headers)).toEqual(["x-hook0-signature", "x-hook0-signature-next"]);
  expect(hook0Verifies(headers["x-hook0-signature"], old, before)).toBe(true);
  expect(hook0Verifies(headers["x-hook0-signature"], request.secret, before)).toBe(false);
  expect(hook0Verifies(headers["x-hook0-signature-next"], request.secret, before)).toBe(true);
  expect(hook0Verifies(headers["x-hook0-signature-next"], old, before)).toBe(false);
});

test("the old secret signs until the instant at which it ends and not from it on, in every form", () => {
  const all: Signing = { ...signing, signatures: ["hook0", "standard", "standard_ed25519"] };
  const offsetMs = fc.integer({ min: -700_000_000, max: 700_000_000 });
  fc.assert(
    fc.property(offsetMs, (offset) => {
      const signedAt = new Date(until.getTime() + offset);
      const headers = signatureHeaders({ ...request, signing: all }, signedAt, covered);
      const versions = headers["webhook-signature"]?.split(" ").map((entry) => entry.split(",")[0]);
      expect(versions).toEqual(offset < 0 ? ["v1", "v1", "v1a"] : ["v1", "v1a"]);
      expect("x-hook0-signature-next" in headers).toBe(offset < 0);
      expect(hook0Verifies(headers["x-hook0-signature"], request.secret, signedAt)).toBe(offset >= 0);
    }),
  );
});

test("each form has its headers and no other; what it sets, a subscription's own header cannot", () => {
  const standard = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  const cases = [
    [["hook0"], ["x-hook0-signature"]],
    [["standard"], standard],
    [["standard_ed25519"], standard],
    [
      ["hook0", "standard"],
      ["x-hook0-signature", ...standard],
    ],
  ] as const;
  for (const [signatures, names] of cases) {
    const forms = { ...signing, signatures };
    expect(Object.keys(signatureHeaders({ ...request, signing: forms }, until, covered))).toEqual(names);
    expect(signatureHeaderNames(forms)).toEqual(expect.arrayContaining([...names]));
  }
});

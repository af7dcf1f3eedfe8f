import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadBiscuitWasm, type WithBiscuit } from "#core/auth/biscuit-wasm.ts";
import type { RequestFacts } from "#core/auth/biscuit-code.ts";
import { createBiscuits, type Biscuits } from "#core/auth/biscuit.ts";
import { delegate } from "#core/auth/delegate.ts";
import { sourceNetworksOf } from "#core/auth/source-networks.ts";
import { readChecks, type TokenLimits } from "#core/auth/token-limits.ts";

const organizationId = "0193f6a0-0000-7000-8000-000000000001";
const now = new Date("2026-11-23T12:00:00Z");
let biscuits: Biscuits;
let withBiscuit: WithBiscuit;
let token: string;

beforeAll(async () => {
  biscuits = await createBiscuits({ privateKey: "5a".repeat(32) });
  withBiscuit = await loadBiscuitWasm();
  token = biscuits.mintServiceToken({ tokenId: organizationId, organizationId, createdAt: now }).biscuit;
});

const limited = (limits: TokenLimits) =>
  withBiscuit((api) => delegate(api, token, biscuits.publicKey, limits));

const allows = (limits: TokenLimits, facts: Partial<RequestFacts> = {}) =>
  biscuits.allows(limited(limits), { action: "event:get", organizationId, ...facts }, now);

test.each<[string, TokenLimits, Partial<RequestFacts>, Partial<RequestFacts>]>([
  ["actions", { actions: ["event:get"] }, {}, { action: "event:list" }],
  [
    "an application",
    { applicationIds: [organizationId] },
    { applicationId: organizationId },
    { applicationId: "0193f6a0-0000-7000-8000-000000000002" },
  ],
  [
    "event types",
    { eventTypes: ["order.*.paid", "a+.b.c"] },
    { eventTypeNames: ["order.x.paid", "a+.b.c"] },
    { eventTypeNames: ["order.x.paid", "aa.b.c"] },
  ],
  [
    "event types, of a pattern",
    { eventTypes: ["order.**"] },
    { eventTypeNames: ["order.*.paid"] },
    { eventTypeNames: ["*.x.paid"] },
  ],
  ["labels", { labels: { a: '"x' } }, { labels: { a: '"x', b: "y" } }, { labels: { a: "x" } }],
  ["labels, of nothing that has them", { labels: { a: "x" } }, { labels: { a: "x" } }, {}],
  [
    "networks",
    { sourceNetworks: ["10.0.0.0/8", "2001:DB8:0::/32"] },
    { sourceAddress: "::ffff:10.1.2.3" },
    { sourceAddress: "11.0.0.1" },
  ],
  [
    "networks of IPv6",
    { sourceNetworks: ["2001:DB8:0::/32"] },
    { sourceAddress: "2001:db8:ffff::1" },
    { sourceAddress: "2001:db9::1" },
  ],
])("a token limited to %s may do what is in it and nothing else", (_, limits, inside, outside) => {
  expect(allows(limits, inside)).toBe(true);
  expect(allows(limits, outside)).toBe(false);
});

test("a token is good from its first instant to the one before its last", () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  expect(allows({ notBefore: now, expiresAt: at(1) })).toBe(true);
  expect(allows({ notBefore: at(1) })).toBe(false);
  expect(allows({ expiresAt: now })).toBe(false);
});

test("a network that is none is refused where the copy is made", () => {
  expect(() => limited({ sourceNetworks: ["10.0.0.0/33"] })).toThrow();
  expect(() => limited({ sourceNetworks: ["home"] })).toThrow();
});

test.each<TokenLimits>([
  { labels: {} },
  { actions: [] },
  { subscriptionIds: ["ab) or time($t"] },
  { eventTypes: ["a.b.c.**"] },
])("a limit that would say nothing, or something else, is refused where the copy is made: %j", (limits) => {
  expect(() => limited(limits)).toThrow();
});

test("an address is in its own network and in those around it", () => {
  expect(sourceNetworksOf("192.0.2.7")).toHaveLength(33);
  expect(sourceNetworksOf("192.0.2.7")).toEqual(
    expect.arrayContaining(["192.0.2.7/32", "192.0.2.0/24", "0.0.0.0/0"]),
  );
  expect(sourceNetworksOf("2001:db8::1")).toHaveLength(129);
  expect(sourceNetworksOf("not an address")).toEqual([]);
});

test("every limit is read back from the token as it was given", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "=", "ü", ";", " ", "$", "[", "."),
    minLength: 1,
    maxLength: 8,
  });
  const part = fc.string({
    unit: fc.constantFrom("a", "^", "+", "(", "é", "*x"),
    minLength: 1,
    maxLength: 5,
  });
  const wild = fc.oneof(part, fc.constant("*"));
  const one = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 3 });
  const limit = fc.oneof<fc.Arbitrary<TokenLimits>[]>(
    fc.record({ actions: one(text) }),
    fc.record({ applicationIds: one(fc.uuid()) }),
    fc.record({ subscriptionIds: one(fc.uuid()) }),
    fc.record({ eventTypes: one(fc.tuple(wild, wild, wild).map((parts) => parts.join("."))) }),
    fc.tuple(text, text).map(([key, value]) => ({ labels: { [key]: value } })),
    fc.tuple(text, one(text)).map(([value, free]) => ({ labels: { k: value }, actionsWithoutLabels: free })),
    fc.constant({ sourceNetworks: ["10.0.0.0/8", "2001:db8::/32"] }),
    fc.constant({ notBefore: now }),
    fc.constant({ expiresAt: now }),
  );
  fc.assert(
    fc.property(limit, (limits) => {
      const [source = ""] = biscuits.identify(limited(limits))?.attenuations ?? [];
      expect(readChecks(source)).toEqual({ limits: [limits], others: [] });
    }),
    { numRuns: 300 },
  );
});

test("what Hook0's documentation tells to write is read too, and anything else is shown as it is", () => {
  const source = `check if application_id(hex:0193f6a0000070008000000000000001);
check if time($time), $time < 2026-12-01T00:00:00Z;
check if action("event:get") or action("event:list");
check if action($a), {"event:get"}.contains($a);
check if user($u), $u == 1;
`;
  expect(readChecks(source)).toEqual({
    limits: [
      { applicationIds: [organizationId] },
      { expiresAt: new Date("2026-12-01T00:00:00Z") },
      { actions: ["event:get", "event:list"] },
      { actions: ["event:get"] },
    ],
    others: ["check if user($u), $u == 1"],
  });
});

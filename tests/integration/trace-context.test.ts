import fc from "fast-check";
import { expect, test } from "vitest";
import { readTraceContext, traceHeaders } from "#core/trace-context.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost, type World } from "../helpers/world.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;

async function subscribe(world: World, url: string, extra: object = {}) {
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const created = await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, url, extra));
  const run = async () => world.runDelivery(await world.receive());
  return { tenant, token, subscription: created.json, run };
}

test("each request to an endpoint that asks for it carries the event's trace, in a span of its own, retries too", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 500 : 200).end(),
  );
  const { tenant, token, subscription, run } = await subscribe(world, receiver.url, {
    forward_trace_context: true,
    // Ours goes out, not this.
    target: {
      type: "http",
      method: "POST",
      url: receiver.url,
      headers: { Traceparent: "theirs", "X-Own": "1" },
    },
  });
  expect(subscription.forward_trace_context).toBe(true);
  const headers = { traceparent, tracestate: "vendor=a,other=b" };
  expect((await world.call("POST", "/event", token, eventPost(tenant), headers)).status).toBe(201);
  await run();
  const { application_id } = tenant;
  const failed = await world.call(
    "GET",
    `/request_attempts?application_id=${application_id}&status=failed`,
    token,
  );
  await world.call("POST", `/request_attempts/${failed.json[0].request_attempt_id}/retry`, token, {
    application_id,
  });
  await run();
  expect(receiver.received).toHaveLength(2);
  const sent = receiver.received.map((request) => request.headers);
  for (const { traceparent: own, tracestate } of sent) {
    expect(own).toMatch(new RegExp(`^00-${traceId}-(?!${spanId})[0-9a-f]{16}-01$`));
    expect(tracestate).toBe("vendor=a,other=b");
  }
  expect(sent[0]?.["traceparent"]).not.toBe(sent[1]?.["traceparent"]);
  // Proxies rewrite it on the way: the signature holds without it.
  expect(sent[0]?.["x-hook0-signature"]).not.toContain("traceparent");
  expect(sent[0]?.["x-own"]).toBe("1");
});

test("a batch's trace is that of all its events; endpoints that do not ask get none, and erasure takes it along", async () => {
  await using world = await createWorld();
  await using asking = await startReceiver();
  await using other = await startReceiver();
  const { tenant, token, run } = await subscribe(world, asking.url, { forward_trace_context: true });
  await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, other.url));
  const events = [eventPost(tenant), { ...eventPost(tenant), event_type: "no.such.type" }, eventPost(tenant)];
  const batch = await world.call("POST", "/events/batch", token, events, { traceparent });
  expect(batch.json.map((result: { status: number }) => result.status)).toEqual([201, 400, 201]);
  await run();
  expect(asking.received.map(({ headers }) => headers["traceparent"]?.slice(3, 35))).toEqual([
    traceId,
    traceId,
  ]);
  expect(other.received.map(({ headers }) => headers["traceparent"])).toEqual([undefined, undefined]);
  const kept = () => world.ctx.db.selectFrom("event_trace").selectAll().execute();
  expect(await kept()).toHaveLength(2);
  const body = { application_id: tenant.application_id, all_events: true };
  await world.call("POST", "/erasures", token, body);
  expect(await kept()).toEqual([]);
});

test("an event with an invalid trace context is accepted without it", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const { tenant, token, run } = await subscribe(world, receiver.url, { forward_trace_context: true });
  for (const headers of [{ traceparent: "nonsense" }, { tracestate: "vendor=a" }, {}]) {
    expect((await world.call("POST", "/event", token, eventPost(tenant), headers)).status).toBe(201);
  }
  await run();
  expect(receiver.received).toHaveLength(3);
  expect(receiver.received.map(({ headers }) => headers["traceparent"] ?? headers["tracestate"])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("what the standard calls invalid is ignored, what it reserves for the future is read, and what goes out is valid", () => {
  const refused = [
    `ff-${traceId}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `${traceparent}, ${traceparent}`,
    `00-${traceId}-${spanId}`,
    "",
  ];
  expect(refused.map((value) => readTraceContext(value, undefined))).toEqual(refused.map(() => null));
  expect(readTraceContext(`cc-${traceId}-${spanId}-fd-what-will-be`, "a=1, ,=,b=2")).toEqual({
    traceparent: `00-${traceId}-${spanId}-01`,
    tracestate: "a=1,b=2",
  });
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 2_000 }), (parent, state) => {
      for (const read of [readTraceContext(parent, state), readTraceContext(traceparent, state)]) {
        if (read) {
          expect(traceHeaders(read)["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
          expect(read.tracestate ?? "").toMatch(/^[\x20-\x7e]{0,512}$/);
        }
      }
    }),
  );
});

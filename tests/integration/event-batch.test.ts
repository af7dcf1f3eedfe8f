import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { countRoundTrips } from "../helpers/round-trips.ts";
import { readMessage } from "#functions/queue.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

interface Result {
  readonly status: number;
  readonly event: { readonly event_id: string } | null;
  readonly problem: {
    readonly id: string;
    readonly detail: string;
    readonly validation: object | null;
  } | null;
  readonly pointer: string | null;
}

test("each event of a batch is judged alone and answered at its place", async () => {
  await using world = await createWorld();
  const own = await createTenant(world);
  const other = await createTenant(world, "Other");
  await world.call("POST", "/subscriptions", own.service_token, subscriptionPost(own, "https://a.example/"));
  const event_id = randomUUID();
  const batch = [
    eventPost(own, { event_id }),
    eventPost(own, { event_id }),
    eventPost(own, { event_type: "no.such.type" }),
    eventPost(other),
    eventPost(own, { labels: {} }),
    eventPost(own, { payload: "{" }),
    { ...eventPost(own), application_id: "nope" },
    null,
    eventPost(own),
  ];
  const answer = await world.call("POST", "/events/batch", own.service_token, batch);
  expect(answer.status, answer.text).toBe(200);
  const results = answer.json as Result[];
  expect(results.map(({ status, problem, pointer }) => [status, problem?.id ?? null, pointer])).toEqual([
    [201, null, null],
    [409, "EventAlreadyIngested", "/event_id"],
    [400, "EventTypeDoesNotExist", "/event_type"],
    [403, "Forbidden", null],
    [422, "Validation", "/labels"],
    [400, "EventInvalidJsonPayload", "/payload"],
    [400, "JsonPayload", "/application_id"],
    [400, "JsonPayload", null],
    [201, null, null],
  ]);
  expect(results[4]?.problem?.validation).toHaveProperty("labels");
  expect(results[0]?.event?.event_id).toBe(event_id);
  const stored = await world.call("GET", `/events?application_id=${own.application_id}`, own.service_token);
  expect(stored.json).toHaveLength(2);
  const [message] = (await world.receive()).Records;
  expect(readMessage(message?.body ?? "")?.names).toHaveLength(2);
});

test("NDJSON is a batch too, and a line that is not JSON is refused alone", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const line = JSON.stringify(eventPost(tenant));
  const answer = await world.call(
    "POST",
    "/events/batch",
    tenant.application_secret,
    `${line}\n{"a":\r\n\n${line}\n`,
    {
      "content-type": "application/x-ndjson",
    },
  );
  expect((answer.json as Result[]).map(({ status }) => status)).toEqual([201, 400, 201]);
});

test("a thousand events take one round trip; one more is refused, as is a body that is no array", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const post = (body: unknown) => world.call("POST", "/events/batch", tenant.service_token, body);
  const thousand = Array.from({ length: 1_000 }, () => eventPost(tenant));
  expect(await countRoundTrips(() => post(thousand))).toBe(1);
  const { rows } = await sql<{ count: string }>`select count(*) from event`.execute(world.ctx.db);
  expect(rows).toEqual([{ count: "1000" }]);
  expect((await post([...thousand, eventPost(tenant)])).json.id).toBe("Validation");
  expect((await post(eventPost(tenant))).json.id).toBe("JsonPayload");
  expect((await post(`["${"x".repeat(5 * 1024 * 1024)}"]`)).json.detail).toContain("5242880 bytes");
  expect((await post([])).json).toEqual([]);
});

test("an event that the statement fails on fails alone in its batch", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  await sql`alter table event add check (payload_content_type <> 'text/plain')`.execute(world.ctx.db);
  const answer = await world.call("POST", "/events/batch", tenant.service_token, [
    eventPost(tenant),
    eventPost(tenant, { payload_content_type: "text/plain" }),
    eventPost(tenant),
  ]);
  expect((answer.json as Result[]).map(({ status }) => status)).toEqual([201, 500, 201]);
});

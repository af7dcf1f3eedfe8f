import { messageBody } from "#functions/queue.ts";
import { PurgeQueueCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { sql } from "kysely";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { contained } from "#functions/contained.ts";
import { createLogger } from "#functions/logger.ts";
import { createMetrics, noMetrics } from "#functions/metrics.ts";
import { startReceiver } from "../helpers/receiver.ts";
import {
  createMember,
  createTenant,
  createWorld,
  eventPost,
  subscriptionPost,
  type World,
} from "../helpers/world.ts";

interface Embedded {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

const linesOf = (text: string) => text.split("\n").filter(Boolean);
const measured = (world: World): Embedded[] => linesOf(world.measured()).map((line) => JSON.parse(line));
const sumOf = (world: World, name: string, dimension: object = {}) =>
  measured(world)
    .filter((document) => Object.entries(dimension).every(([key, value]) => document[key] === value))
    .flatMap((document) => document[name] ?? [])
    .reduce<number>((sum, value) => sum + Number(value), 0);

test("metrics tell of what was accepted, refused, delivered, failed and given up, and of no tenant", async () => {
  await using world = await createWorld({ retriesMax: 0 });
  await using receiver = await startReceiver((response, _, count) =>
    response.writeHead(count === 1 ? 200 : 500).end(),
  );
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, receiver.url));
  await world.call("POST", "/event", token, eventPost(tenant));
  await world.call("POST", "/events/batch", token, [
    eventPost(tenant),
    { ...eventPost(tenant), event_type: "no.such.type" },
  ]);
  await world.call("POST", "/event", "nonsense", eventPost(tenant));
  await world.runDelivery(await world.receive());
  world.advance(600);
  await world.runScheduler();

  expect(sumOf(world, "EventsAccepted", { service: "api" })).toBe(2);
  expect(sumOf(world, "Refusals", { problem: "EventTypeDoesNotExist" })).toBe(1);
  expect(sumOf(world, "Refusals", { problem: "AuthInvalidBiscuit" })).toBe(1);
  expect(sumOf(world, "Attempts", { service: "delivery", outcome: "delivered" })).toBe(1);
  expect(sumOf(world, "Attempts", { outcome: "E_HTTP" })).toBe(1);
  expect(sumOf(world, "DeadLetters")).toBe(1);
  expect(sumOf(world, "ColdStarts")).toBe(3);
  expect(measured(world).flatMap(({ EndpointLatency = [] }) => EndpointLatency)).toHaveLength(2);
  const dimensions = measured(world).flatMap(({ _aws }) =>
    _aws.CloudWatchMetrics.flatMap((of) => of.Dimensions),
  );
  expect(new Set(dimensions.map((names) => names.toSorted().join()))).toEqual(
    new Set(["service", "problem,service", "outcome,service"]),
  );
});

test("metrics tell that the ledger or the queue is away, and how late deliveries are", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const token = tenant.application_secret;
  await world.call(
    "POST",
    "/subscriptions",
    tenant.service_token,
    subscriptionPost(tenant, "http://127.0.0.1:1/"),
  );
  await world.call("POST", "/event", token, eventPost(tenant));
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.queueUrl }));
  world.advance(600);
  await world.runScheduler();
  expect(sumOf(world, "OldestDueSeconds", { service: "scheduler" })).toBe(600);
  await world.sqsServer.stop();
  expect((await world.call("POST", "/event", token, eventPost(tenant))).status).toBe(201);
  expect(sumOf(world, "QueueSendFailures")).toBe(1);
});

test("values beyond what one document takes go into another, and what was published is not repeated", () => {
  const lines: Embedded[] = [];
  const metrics = createMetrics({
    namespace: "N",
    service: "s",
    write: (line) => void lines.push(JSON.parse(line)),
  });
  for (let value = 0; value < 250; value++) metrics.add("EndpointLatency", value);
  metrics.add("EventsAccepted", 2);
  metrics.add("EventsAccepted", 3);
  metrics.publish();
  metrics.publish();
  expect(lines.flatMap(({ EndpointLatency = [] }) => EndpointLatency)).toEqual(
    Array.from({ length: 250 }, (_, n) => n),
  );
  expect(lines.flatMap(({ EventsAccepted = [] }) => EventsAccepted)).toEqual([5]);
});

test("what an error repeats of its input is not logged", () => {
  let logged = "";
  const log = createLogger("test", "trace", { write: (line: string) => void (logged += line) });
  const parse = (text: string) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      return error;
    }
  };
  const unreadable = Object.assign(new Error('invalid input syntax for type inet: "canary"'), {
    code: "22P02",
    detail: "canary",
    where: "canary",
  });
  const cause = new Error("550 <canary@example.com>: no such mailbox", { cause: new Error("canary") });
  for (const error of [parse("canary"), unreadable, cause, "canary", { canary: 1 }])
    log.error({ error }, "failed");
  expect(linesOf(logged)).toHaveLength(5);
  expect(logged).not.toContain("canary");
  expect(logged).toContain("22P02");
  expect(logged).toContain("no such mailbox");
});

test("the host of a function is told that it failed, and nothing of what Postgres said", async () => {
  let logged = "";
  const log = createLogger("test", "trace", { write: (line: string) => void (logged += line) });
  const failing = contained({ log, metrics: noMetrics }, async () => {
    throw Object.assign(new Error("violates a constraint"), { code: "23514", detail: "canary" });
  });
  const error = await failing(undefined).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { showHidden: true })).not.toMatch(/canary|constraint/);
  expect(logged).toMatch(/violates a constraint.*23514/);
});

/** Everything that must stay out of the logs, each a word of its own. */
const secret = (name: string) => `canary${name}zq`;

test("no payload, label, header, secret, token, mail or password is logged or measured at any level, whatever fails", async () => {
  await using world = await createWorld({ retriesMax: 1, mailFailures: 1 });
  await using receiver = await startReceiver((response, _, count) =>
    response
      .writeHead(count % 2 === 1 ? 500 : 200, { "x-answer": secret("answerheader") })
      .end(secret("answer")),
  );
  const tenant = await createTenant(world, secret("organization"));
  const { service_token: token, application_id, application_secret } = tenant;
  const member = await createMember(world, tenant.organization_id, "editor");
  const session = await member.signIn();
  const subscription = await world.call(
    "POST",
    "/subscriptions",
    token,
    subscriptionPost(tenant, `${receiver.url}/${secret("path")}?key=${secret("query")}`, {
      description: secret("description"),
      target: {
        type: "http",
        method: "POST",
        url: `${receiver.url}/${secret("path")}?key=${secret("query")}`,
        headers: { "X-Key": secret("targetheader") },
      },
    }),
  );
  expect(subscription.status).toBe(201);
  const event = () =>
    eventPost(tenant, {
      payload: JSON.stringify({ card: secret("payload") }),
      labels: { customer: "1", name: secret("label") },
      metadata: { note: secret("metadata") },
    });
  const send = (extra: object = {}) =>
    world.call(
      "POST",
      "/event",
      application_secret,
      { ...event(), ...extra },
      { "x-custom": secret("header") },
    );
  const thrown: unknown[] = [];
  const note = (error: unknown) => void thrown.push(error);
  const deliver = async () => world.runDelivery(await world.receive()).catch(note);

  // What goes well, what fails at the endpoint, and what is given up and sent again.
  expect((await send()).status).toBe(201);
  await deliver();
  await world.call("POST", "/events/batch", token, [event(), { ...event(), labels: secret("badlabel") }]);
  await deliver();
  world.advance(3_600);
  await world.runScheduler();
  await deliver();
  await world.call("POST", "/dead_letters/retry", token, { application_id });
  await deliver();
  // What is refused.
  await send({ payload: `{"broken": ${secret("payload")}` });
  await send({ payload_content_type: secret("type") });
  await world.call("POST", "/event", secret("token"), event());
  await world.call("POST", "/event", token, `{"application_id": "${secret("body")}`);
  const credentials = { email: member.email, password: secret("password") };
  await world.call("POST", "/auth/login", null, credentials);
  await world.call("POST", "/auth/begin-reset-password", null, { email: member.email });
  await world.flushMail();
  await world.call("GET", `/applications/${application_id}`, session);
  await world.sqs.send(new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody: secret("message") }));
  await deliver();
  // What breaks: each table refuses the row, and Postgres says which.
  for (const table of [
    "audit_entry",
    "event",
    "request_attempt",
    "outgoing_mail",
    "idempotency_key",
  ] as const) {
    await world.breakTable(table);
  }
  await world.call("POST", "/auth/begin-reset-password", null, { email: member.email });
  await world.call("PUT", `/applications/${application_id}`, token, { name: secret("name") });
  expect((await send()).status).toBe(500);
  await world.call("POST", "/event", application_secret, event(), { "idempotency-key": secret("key") });
  await sql`update request_attempt set due_at = ${world.ctx.now()}, enqueue_at = ${world.ctx.now()}, lease_token = null
    where failed_at is null and succeeded_at is null`
    .execute(world.ctx.db)
    .catch(() => null);
  await world.runScheduler().catch(note);
  await deliver();
  await sql`drop table event_trace`.execute(world.ctx.db);
  const name = {
    application_id,
    subscription_id: subscription.json.subscription_id,
    delivery_id: crypto.randomUUID(),
  };
  const MessageBody = messageBody(application_id, [name]);
  await world.sqs.send(new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody }));
  await deliver();
  await world.ctx.db.schema.dropTable("event").cascade().execute();
  await send();
  await world.runScheduler().catch(note);

  // Lambda logs what a function throws, with every field of it.
  expect(thrown.length).toBeGreaterThan(0);
  const written = `${world.logged()}\n${world.measured()}\n${inspect(thrown, { depth: 9, showHidden: true })}`;
  const found = [...written.matchAll(/canary\w+zq/g)].map(([word]) => word);
  expect(found).toEqual([]);
  const secrets = [
    token,
    application_secret,
    session,
    member.email,
    subscription.json.secret,
    tenant.service_token,
  ];
  expect(secrets.filter((text) => written.includes(text))).toEqual([]);
  // Not for having said nothing: failures name their request, event and attempt.
  const logs = linesOf(world.logged()).map((line) => JSON.parse(line));
  expect(logs.some(({ msg, requestId }) => msg === "unexpected error" && requestId)).toBe(true);
  expect(
    logs.some(({ msg, requestId, event_id }) => msg === "accepted an event" && requestId && event_id),
  ).toBe(true);
  expect(
    logs.some(
      ({ msg, request_attempt_id, event_id, subscription_id, outcome }) =>
        msg === "an attempt failed" &&
        request_attempt_id &&
        event_id &&
        subscription_id &&
        outcome === "E_HTTP",
    ),
  ).toBe(true);
});

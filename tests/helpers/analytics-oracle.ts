import assert from "node:assert/strict";
import { sql } from "kysely";
import * as Analytics from "#core/analytics/analytics.ts";
import { SPAN_MS, startOf } from "#core/analytics/cover.ts";
import type { World } from "./world.ts";

type Query = Analytics.AnalyticsQuery;
type Figures = Omit<Analytics.Analytics["points"][number], "at">;
type Percentiles = Figures["delivery_latency"];

interface Ledger {
  readonly events: readonly { event_type_name: string; received_at: Date }[];
  readonly attempts: readonly Attempt[];
  /** When each attempt was made. */
  readonly beginnings: ReadonlyMap<string, number>;
}

interface Attempt {
  request_attempt_id: string;
  delivery_id: string;
  subscription_id: string;
  event_type_name: string;
  created_at: Date;
  succeeded_at: Date | null;
  failed_at: Date | null;
  dead_at: Date | null;
  died_at: Date | null;
  response_status: number | null;
  response_elapsed_ms: number | null;
}

/** Reads analytics and fails unless they are what counting every row of the ledger says. */
export async function expectRight({ ctx }: Pick<World, "ctx">, query: Query): Promise<Analytics.Analytics> {
  const answer = await Analytics.read(ctx, query);
  const ledger = await readLedger(ctx, query.application_id);
  const own = (row: { subscription_id: string; event_type_name: string }) =>
    (!query.subscription_id || row.subscription_id === query.subscription_id) &&
    (!query.event_type || row.event_type_name === query.event_type);
  const events = ledger.events.filter(
    (event) => !query.event_type || event.event_type_name === query.event_type,
  );
  const attempts = ledger.attempts.filter(own);
  const isOfSubscription = query.subscription_id !== undefined || query.group_by === "subscription";
  const time = { since: answer.from, until: new Date(answer.to.getTime() + (answer.to < ctx.now() ? 0 : 1)) };
  const count = (some: Partial<Ledger>, when: typeof time, ofSubscription: boolean) =>
    countAll(
      { events: some.events ?? events, attempts: some.attempts ?? attempts },
      ledger,
      when,
      ofSubscription,
    );

  expectFigures(answer.total, count({}, time, query.subscription_id !== undefined), "total");
  const starts = new Set(answer.points.map(({ at }) => at.getTime()));
  assert.equal(starts.size, answer.points.length, "a point twice");
  const spanOf = (at: Date | null) => (at ? startOf(query.by, at).getTime() : null);
  const eventsBySpan = Map.groupBy(events, (event) => spanOf(event.received_at));
  const madeBySpan = Map.groupBy(attempts, (row) => spanOf(row.created_at));
  const endedBySpan = Map.groupBy(attempts, (row) => spanOf(row.succeeded_at ?? row.failed_at));
  const spanMs = SPAN_MS[query.by];
  for (let start = time.since.getTime(); start < time.until.getTime(); start += spanMs) {
    const when = {
      since: new Date(start),
      until: new Date(Math.min(start + spanMs, time.until.getTime())),
    };
    const some = {
      events: eventsBySpan.get(start) ?? [],
      attempts: [...new Set([...(madeBySpan.get(start) ?? []), ...(endedBySpan.get(start) ?? [])])],
    };
    const expected = count(some, when, query.subscription_id !== undefined);
    const point = answer.points.find((one) => one.at.getTime() === start);
    if (point) expectFigures(point, expected, when.since.toISOString());
    else assert.ok(isNothing(expected), `no point at ${when.since.toISOString()}`);
  }

  const open = attempts.filter((row) => !row.succeeded_at && !row.failed_at);
  assert.equal(answer.total.waiting, open.length, "waiting");
  assert.equal(
    answer.total.oldest_waiting_at?.getTime() ?? Infinity,
    Math.min(...open.map((row) => row.created_at.getTime())),
    "oldest waiting",
  );
  assert.equal(answer.total.dead_letters, attempts.filter((row) => row.dead_at).length, "dead letters");
  for (const group of answer.groups) {
    const isOfGroup = (row: { subscription_id?: string; event_type_name: string }) =>
      query.group_by === "subscription"
        ? row.subscription_id === group.subscription_id
        : row.event_type_name === group.event_type;
    const some = { events: events.filter(isOfGroup), attempts: attempts.filter(isOfGroup) };
    expectFigures(
      group,
      count(some, time, isOfSubscription),
      `group ${group.subscription_id ?? group.event_type}`,
    );
  }
  if (query.group_by) {
    const sum = (name: "delivered" | "failed" | "unsent" | "dead") =>
      answer.groups.reduce((total, group) => total + group[name], 0);
    for (const name of ["delivered", "failed", "unsent", "dead"] as const) {
      assert.equal(sum(name), answer.total[name], `${name} of all groups`);
    }
  }
  return answer;
}

async function readLedger({ db }: World["ctx"], applicationId: string): Promise<Ledger> {
  const events = await sql<Ledger["events"][number]>`
    select event_type_name, received_at from event where application_id = ${applicationId}
  `.execute(db);
  const attempts = await sql<Attempt>`
    select * from request_attempt where application_id = ${applicationId}
  `.execute(db);
  const beginnings = new Map(attempts.rows.map((row) => [row.request_attempt_id, row.created_at.getTime()]));
  return { events: events.rows, attempts: attempts.rows, beginnings };
}

function countAll(
  { events, attempts }: Pick<Ledger, "events" | "attempts">,
  ledger: Ledger,
  { since, until }: { since: Date; until: Date },
  isOfSubscription: boolean,
): Figures {
  const within = (at: Date | null) => at !== null && at >= since && at < until;
  const ended = attempts.filter((row) => within(row.succeeded_at ?? row.failed_at));
  const delivered = ended.filter((row) => row.succeeded_at);
  const failed = ended.filter((row) => row.failed_at && row.response_elapsed_ms !== null);
  const begun = attempts.filter(
    (row) => row.request_attempt_id === row.delivery_id && within(row.created_at),
  );
  const accepted = isOfSubscription ? begun : events.filter((event) => within(event.received_at));
  const latencies = delivered.map(
    (row) => (row.succeeded_at?.getTime() ?? 0) - (ledger.beginnings.get(row.delivery_id) ?? NaN),
  );
  const answers = ended.flatMap((row) =>
    row.response_status === null ? [] : [row.response_elapsed_ms ?? NaN],
  );
  return {
    accepted: accepted.length,
    delivered: delivered.length,
    failed: failed.length,
    unsent: ended.length - delivered.length - failed.length,
    dead: ended.filter((row) => row.died_at).length,
    error_rate:
      delivered.length + failed.length === 0 ? null : failed.length / (delivered.length + failed.length),
    delivery_latency: exact(latencies),
    endpoint_latency: exact(answers.filter((ms) => !Number.isNaN(ms))),
  };
}

function exact(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? null;
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) };
}

function expectFigures(actual: Figures, expected: Figures, of: string): void {
  for (const name of ["accepted", "delivered", "failed", "unsent", "dead", "error_rate"] as const) {
    assert.equal(actual[name], expected[name], `${name} of ${of}`);
  }
  for (const name of ["delivery_latency", "endpoint_latency"] as const) {
    for (const share of ["p50_ms", "p95_ms", "p99_ms"] as const) {
      const [found, wanted] = [actual[name][share], expected[name][share]];
      assert.equal(
        found === null,
        wanted === null,
        `${name} ${share} of ${of}: ${found} instead of ${wanted}`,
      );
      const error = Math.abs((found ?? 0) - (wanted ?? 0));
      assert.ok(
        error <= Math.max(1, (wanted ?? 0) * 0.05),
        `${name} ${share} of ${of}: ${found} for ${wanted}`,
      );
    }
  }
}

const isNothing = ({ accepted, delivered, failed, unsent, dead }: Figures) =>
  accepted + delivered + failed + unsent + dead === 0;

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Client } from "pg";
import * as v from "valibot";
import * as Analytics from "#core/analytics/analytics.ts";
import * as DeliveryStatistics from "#core/analytics/delivery-statistics.ts";
import { rollUp } from "#core/analytics/rollup.ts";
import { openDatabase } from "#core/db/client.ts";
import { migrate } from "#core/db/migrate.ts";
import { claim } from "#core/delivery/claim.ts";
import { record } from "#core/delivery/record.ts";
import * as EventType from "#core/event-type.ts";
import { ingest } from "#core/ingest.ts";
import { NO_QUOTAS } from "#core/quota.ts";
import * as Subscription from "#core/subscription.ts";
import { startPostgres } from "../../stacks/local/postgres.ts";
import { probePort } from "../../stacks/local/process.ts";
import { median } from "./load.ts";

// `node tests/bench/analytics.ts`: what analytics cost the hot path, with the index that finds attempts by their end, a
// BRIN in its place, and none; and how fast they answer from `--rows` attempts. docs/analytics.md quotes it.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    "hot-rows": { type: "string", default: "100000" },
    rounds: { type: "string", default: "150" },
  },
});
const WARM_UP_ROUNDS = 10;
const ROUND_LENGTH = 100;
const SUBSCRIPTIONS = 10;
const ended =
  "(application_id, (coalesce(succeeded_at, failed_at))) where succeeded_at is not null or failed_at is not null";
const indexes = {
  none: null,
  btree: `create index request_attempt_ended on request_attempt ${ended}`,
  brin: `create index request_attempt_ended on request_attempt using brin ((coalesce(succeeded_at, failed_at)))
    with (pages_per_range = 32, autosummarize = on)`,
};

const folder = await mkdtemp(join(tmpdir(), "columba-analytics-"));
const postgres = await startPostgres(join(folder, "postgres"), { port: await probePort(0) });
try {
  const template = await openLedger("template_bench");
  await migrate(template.db, fileURLToPath(new URL("../../migrations", import.meta.url)));
  const applicationId = await createApplication(template);
  await fill(template, applicationId, Number(values["hot-rows"]));
  await template.close();
  if (Number(values.rounds) > 0) console.table(await measureHotPath(applicationId, Number(values.rounds)));
  const ledger = await openLedger("template_bench");
  await fill(ledger, applicationId, Number(values.rows));
  await measureAnswers(ledger, applicationId);
  await ledger.close();
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

type Ledger = Awaited<ReturnType<typeof openLedger>>;

/** A database, made from the template when it is another. */
async function openLedger(name: string) {
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
  const source = name === "template_bench" ? "template0" : "template_bench";
  if (rowCount === 0) await admin.query(`create database ${name} template ${source}`);
  await admin.end();
  const url = new URL(`/${name}`, postgres.url).href;
  const client = new Client({ connectionString: url });
  await client.connect();
  const db = openDatabase({ url, connectionsMax: 4, applicationName: "bench" });
  return { client, db, close: async () => void (await Promise.all([client.end(), db.destroy()])) };
}

async function createApplication({ client, db }: Ledger): Promise<string> {
  const ctx = { db, now: () => new Date(), quotas: NO_QUOTAS, publicTargetsOnly: false };
  const { rows } = await client.query<{ application_id: string }>(
    `with o as (insert into organization (name, created_at) values ('bench', now()) returning organization_id)
     insert into application (organization_id, name, created_at) select organization_id, 'bench', now() from o
     returning application_id`,
  );
  const application_id = rows[0]?.application_id ?? "";
  for (let verb = 1; verb <= 5; verb++) {
    await EventType.create(ctx, {
      application_id,
      service: "bench",
      resource_type: "order",
      verb: String(verb),
    });
  }
  for (let customer = 1; customer <= SUBSCRIPTIONS; customer++) {
    const post = {
      application_id,
      is_enabled: true,
      event_types: ["bench.order.1"],
      labels: { customer: String(customer) },
      target: { type: "http", method: "POST", url: "http://127.0.0.1:1/", headers: {} },
    };
    await Subscription.create(ctx, v.parse(Subscription.SubscriptionPost, post));
  }
  return application_id;
}

/** Events of the last 40 days, evenly, half of them in the last day, each delivered once; one in ten failed. */
async function fill({ client }: Ledger, applicationId: string, rows: number): Promise<void> {
  await client.query(
    `with made as (
       select uuidv7(-age) as id, n, 'bench.order.' || 1 + n % 5 as type, now() - age as at
       from (select n, case when n % 2 = 0 then random() * interval '1 day' else random() * interval '40 days' end as age
         from generate_series(1, $2::int) n order by 2 desc) n
     ),
     events as (
       insert into event (application_id, event_id, event_type_name, payload, payload_content_type, ip, metadata, labels,
         occurred_at, received_at)
       select $1, id, type, 'filler', 'text/plain', '127.0.0.1', '{}', '{"customer": "1"}', at, at from made
     )
     insert into request_attempt (request_attempt_id, delivery_id, application_id, event_id, event_type_name,
       subscription_id, retry_count, created_at, due_at, enqueue_at, succeeded_at, failed_at, response_status,
       response_elapsed_ms)
     select id, id, $1, id, type, s.ids[1 + n % $3::int], 0, at, at, at,
       case when n % 10 > 0 then at + exp(random_normal(4.5, 0.8)) * interval '1 ms' end,
       case when n % 10 = 0 then at + exp(random_normal(4.5, 0.8)) * interval '1 ms' end, 200, exp(random_normal(4, 0.7))::int
     from made, (select array_agg(subscription_id) as ids from subscription where application_id = $1) s`,
    [applicationId, rows, SUBSCRIPTIONS],
  );
  await client.query("vacuum analyze event, request_attempt");
}

/**
 * Median times, and bytes of write-ahead log, of the statements for a hundred events. Each variant has a database of its
 * own and they take turns round by round, so that the machine's moods hit all alike.
 */
async function measureHotPath(applicationId: string, rounds: number) {
  const variants = [];
  for (const [name, index] of Object.entries(indexes)) variants.push(await openVariant(name, index));
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const found = await runRound(variant.ledger, applicationId);
      if (round >= WARM_UP_ROUNDS) variant.rounds.push(found);
    }
  }
  const table: Record<string, Record<string, string>> = {};
  for (const variant of variants) {
    const medianOf = (step: keyof Round) => median(variant.rounds.map((round) => round[step]));
    table[variant.name] = {
      ingest: `${medianOf("ingestMs").toFixed(2)} ms`,
      claim: `${medianOf("claimMs").toFixed(2)} ms`,
      record: `${medianOf("recordMs").toFixed(2)} ms`,
      "record, written": `${Math.round(medianOf("recordBytes") / ROUND_LENGTH)} bytes an attempt`,
    };
    await variant.ledger.close();
  }
  return table;
}

interface Round {
  readonly ingestMs: number;
  readonly claimMs: number;
  readonly recordMs: number;
  readonly recordBytes: number;
}

async function openVariant(name: string, index: string | null) {
  const ledger = await openLedger(`variant_${name}`);
  await ledger.client.query("drop index request_attempt_ended");
  if (index) await ledger.client.query(index);
  await ledger.client.query("vacuum analyze request_attempt");
  const rounds: Round[] = [];
  return { name, ledger, rounds };
}

async function runRound({ db, client }: Ledger, applicationId: string): Promise<Round> {
  const ctx = { db, now: () => new Date(), leaseSeconds: 60, quotas: NO_QUOTAS };
  const items = Array.from({ length: ROUND_LENGTH }, (_, index) => ({
    event: {
      application_id: applicationId,
      event_id: null,
      event_type: "bench.order.1",
      payload: '{"order":42}',
      payload_content_type: "application/json",
      metadata: {},
      occurred_at: new Date(),
      labels: { customer: String(1 + (index % SUBSCRIPTIONS)) },
    },
    ip: "192.0.2.7",
    credential: { kind: "master" as const },
  }));
  const [ingestMs, ingested] = await timed(() => ingest(ctx, items));
  const names = ingested.flatMap(({ deliveries }) => deliveries).map((name) => ({ ...name, mayWait: true }));
  if (names.length !== ROUND_LENGTH) throw new Error(`${names.length} deliveries`);
  const lease = randomUUID();
  const [claimMs, { attempts }] = await timed(() => claim(ctx, lease, names));
  const answer = { errorName: null, status: 200, headers: {}, body: null, elapsedMs: 12 };
  const outcomes = attempts.map(({ request_attempt_id }) => ({ request_attempt_id, answer, next: null }));
  const position = async () =>
    (
      await client.query<{ bytes: string }>(
        "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes",
      )
    ).rows[0]?.bytes;
  const before = Number(await position());
  const [recordMs] = await timed(() => record(ctx, lease, outcomes));
  return { ingestMs, claimMs, recordMs, recordBytes: Number(await position()) - before };
}

async function measureAnswers({ client, db }: Ledger, applicationId: string): Promise<void> {
  const ctx = { db, now: () => new Date(Date.now() + 600_000), leaseSeconds: 60 };
  const [rollUpMs] = await timed(() => rollUp(ctx, { stopAt: new Date(Date.now() + 3_600_000) }));
  await client.query("vacuum analyze analytics_rollup");
  await client.query("checkpoint");
  const { rows } = await client.query<{ span: string; rows: string; bytes: string }>(
    `select span, count(*) as rows, pg_size_pretty(pg_total_relation_size('analytics_rollup')) as bytes
     from analytics_rollup group by span`,
  );
  console.log(`all rolled up in ${Math.round(rollUpMs)} ms`, rows);
  const { rows: ids } = await client.query<{ subscription_id: string }>(
    "select subscription_id from subscription limit 1",
  );
  const found: Record<string, { p50: string; slowest: string }> = {};
  for (const by of ["minute", "hour", "day"]) {
    for (const extra of [
      {},
      { subscription_id: ids[0]?.subscription_id },
      { event_type: "bench.order.1" },
      { group_by: "subscription" },
    ]) {
      const query = v.parse(Analytics.AnalyticsQuery, { application_id: applicationId, by, ...extra });
      found[`by ${by} ${Object.keys(extra).join()}`] = await repeat(() => Analytics.read(ctx, query));
    }
  }
  for (const period of ["1h", "24h", "30d"]) {
    const query = v.parse(DeliveryStatistics.StatisticsQuery, { application_id: applicationId, period });
    found[`delivery_statistics ${period}`] = await repeat(() => DeliveryStatistics.read(ctx, query));
  }
  console.table(found);
  // A tail of some minutes, as while events come at full speed.
  await client.query(
    "update analytics_watermark set rolled_up_until = rolled_up_until - interval '15 minutes'",
  );
  const query = v.parse(Analytics.AnalyticsQuery, { application_id: applicationId, by: "minute" });
  console.log("with the last rounds not rolled up", await repeat(() => Analytics.read(ctx, query)));
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  await client.query("update analytics_watermark set rolled_up_until = $1", [new Date(hour - 7_200_000)]);
  const [hourMs, counted] = await timed(async () =>
    Number(
      (
        await client.query(
          `select (select count(*) from analytics_facts($1, $2, $3)) as facts, roll_up($3, 60)`,
          [applicationId, new Date(hour - 7_200_000), new Date(hour - 3_600_000)],
        )
      ).rows[0]?.facts,
    ),
  );
  console.log(`an hour of ${counted} facts rolled up at once in ${Math.round(hourMs)} ms`);
  const plan = await client.query<{ "QUERY PLAN": string }>(
    `explain (analyze, buffers, costs off) select r.at, array_to_string(r.delivery_latency, ' ') from analytics_rollup r
     where application_id = $1 and span = 'minute' and subscription_id = '00000000-0000-0000-0000-000000000000'
       and event_type_name = '' and at >= now() - interval '1 day'`,
    [applicationId],
  );
  console.log(plan.rows.map((row) => row["QUERY PLAN"]).join("\n"));
  const tail = await client.query<{ "QUERY PLAN": string }>(
    `explain (analyze, costs off) select count(*) from analytics_facts($1, now() - interval '5 minutes', now())`,
    [applicationId],
  );
  console.log(tail.rows.map((row) => row["QUERY PLAN"]).join("\n"));
}

async function repeat(read: () => Promise<unknown>) {
  const times: number[] = [];
  for (let time = 0; time < 5; time++) await read();
  for (let time = 0; time < 50; time++) times.push((await timed(read))[0]);
  return { p50: `${median(times).toFixed(1)} ms`, slowest: `${Math.max(...times).toFixed(1)} ms` };
}

async function timed<T>(act: () => Promise<T>): Promise<[number, T]> {
  const startedMs = performance.now();
  const result = await act();
  return [performance.now() - startedMs, result];
}

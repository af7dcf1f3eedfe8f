import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";
import { expect } from "vitest";
import type { Tables } from "#core/db/tables.ts";
import { createTenant, subscriptionPost, type World } from "./world.ts";

/** Rows that a step may read for nothing: a join of ten with ten, twice. */
export const LEFT_OUT_MAX = 200;
/**
 * Pages of a statement about ten deliveries, indexes included: about twice what it takes. What a function reads of the
 * catalog when its connection plans it first is among them.
 */
const PAGES_MAX = 1_000;

/**
 * A database like the world's own that keeps the plan of every statement it runs, those within functions included, with
 * how many rows each step met. It has one connection, as a function does: plans that are kept serve whatever comes later.
 */
export function openExplained(world: World) {
  const plans: string[] = [];
  const pool = new Pool({
    connectionString: world.databaseUrl,
    max: 1,
    options:
      "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_level=notice " +
      "-c auto_explain.log_nested_statements=on -c auto_explain.log_analyze=on -c auto_explain.log_timing=off " +
      "-c auto_explain.log_buffers=on -c client_min_messages=notice",
  });
  pool.on("connect", (client) => {
    client.on("notice", ({ message }) => plans.push(message ?? ""));
    // The database is dropped with a connection that is just being closed.
    client.on("error", () => {});
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { plans, db, [Symbol.asyncDispose]: () => db.destroy() };
}

/**
 * A tenant with one subscription, in a ledger that autovacuum does not visit: what it finds would make Postgres plan
 * again, and a database that grows fast is ahead of it.
 */
export async function createUnseenTenant(world: World) {
  const tenant = await createTenant(world);
  const post = subscriptionPost(tenant, "https://a.example/");
  await world.call("POST", "/subscriptions", tenant.service_token, post);
  await sql`alter table event set (autovacuum_enabled = false)`.execute(world.ctx.db);
  await sql`alter table request_attempt set (autovacuum_enabled = false)`.execute(world.ctx.db);
  return tenant;
}

/** The most rows that a step of these plans read only to leave them out. */
const leftOutMax = (plans: readonly string[]) =>
  Math.max(
    0,
    ...[...plans.join("\n").matchAll(/Rows Removed by (?:Index Recheck|(?:Join )?Filter): (\d+)/g)].map(
      ([, rows]) => Number(rows),
    ),
  );

/** Pages that whole plans touched: each plan's first line of buffers counts all below it. */
const pagesMax = (plans: readonly string[]) =>
  Math.max(
    ...plans.map((plan) => {
      const [, line = ""] = /Buffers: shared ([^\n]*)/.exec(plan) ?? [];
      const of = (kind: string) => Number(new RegExp(`${kind}=(\\d+)`).exec(line)?.[1] ?? 0);
      return of("hit") + of("read");
    }),
  );

/** Expects that these plans read no hot table from end to end, leave out few rows and touch few pages. */
export function expectLean(
  what: string,
  plans: readonly string[],
  allowed: { readonly leftOut: number; readonly pages: number } = { leftOut: LEFT_OUT_MAX, pages: PAGES_MAX },
) {
  expect(plans.length, what).toBeGreaterThan(0);
  for (const table of ["event", "request_attempt", "subscription_route"]) {
    const whole = plans.filter((plan) => new RegExp(`Seq Scan on ${table}\\b`).test(plan));
    expect(whole, `${what} reads all of ${table}`).toEqual([]);
  }
  expect(leftOutMax(plans), `${what} leaves out rows:\n${plans.join("\n")}`).toBeLessThanOrEqual(
    allowed.leftOut,
  );
  expect(pagesMax(plans), `${what} touches pages`).toBeLessThanOrEqual(allowed.pages);
}

import { coalesce } from "#core/coalesce.ts";
import { ingest, type IngestContext, type Ingested, type IngestItem } from "#core/ingest.ts";
import { createSchemaCache, type SchemaCache } from "#core/payload-schema/cache.ts";
import { isUnavailable } from "#core/unavailable.ts";

/**
 * The items of one statement, and the statements of one process under way at the same time: two, so that Postgres stores
 * some while the process answers the others. With all that wait in one, each waits for the other.
 */
const SHARED_STATEMENT = { itemsMax: 32, callsMax: 2 };
/** Larger payloads go alone, so that a shared statement never carries more than a few MiB. */
const SHARED_CHARACTERS_MAX = 65_536;

/** How often events are judged again because their schema changed between two statements. */
const JUDGED_AGAIN_MAX = 3;

/** Stores events, what a process is asked at the same moment together. Each is answered as `ingest` says. */
export interface Ingestor {
  /**
   * One round trip, shared with what else is asked meanwhile; two more when the schema of its type is not the one that
   * this process knows.
   */
  ingestOne(item: IngestItem): Promise<Ingested>;
  /** As many round trips for all. An item that cannot be stored for a reason of its own fails alone, in its place. */
  ingestMany(items: readonly IngestItem[]): Promise<PromiseSettledResult<Ingested>[]>;
}

export function createIngestor(ctx: IngestContext): Ingestor {
  const schemas = createSchemaCache();
  const shared = coalesce(
    (items: readonly IngestItem[]) => settleJudged(ctx, schemas, items),
    SHARED_STATEMENT,
  );
  return {
    ingestMany: (items) => settleJudged(ctx, schemas, items),
    async ingestOne(item) {
      const isShared = item.event.payload.length <= SHARED_CHARACTERS_MAX;
      const [settled] = isShared ? [await shared(item)] : await settleJudged(ctx, schemas, [item]);
      if (settled?.status === "fulfilled") return settled.value;
      throw settled?.reason;
    },
  };
}

/** Judges and stores. What was judged by a schema that has changed, or is not known yet, is judged again. */
async function settleJudged(
  ctx: IngestContext,
  schemas: SchemaCache,
  items: readonly IngestItem[],
): Promise<PromiseSettledResult<Ingested>[]> {
  const settled = await settle(ctx, schemas.judge(items));
  for (let round = 0; round < JUDGED_AGAIN_MAX; round++) {
    const places = settled.flatMap((one, place) => (isSchemaChanged(one) ? [place] : []));
    if (places.length === 0) break;
    const changed = places.flatMap((place) => items[place] ?? []);
    for (const [index, one] of (await settleAgain(ctx, schemas, changed)).entries()) {
      settled[places[index] ?? 0] = one;
    }
  }
  return settled;
}

const isSchemaChanged = (one: PromiseSettledResult<Ingested>) =>
  one.status === "fulfilled" && one.value.isSchemaChanged;

/** Whatever fails here fails only these: the others are stored. */
async function settleAgain(
  ctx: IngestContext,
  schemas: SchemaCache,
  items: readonly IngestItem[],
): Promise<PromiseSettledResult<Ingested>[]> {
  try {
    await schemas.load(ctx, items);
    return await settle(ctx, schemas.judge(items));
  } catch (reason) {
    return items.map(() => ({ status: "rejected", reason }));
  }
}

/** When the statement fails as a whole, each item is tried alone: what made it fail fails only itself. */
async function settle(
  ctx: IngestContext,
  items: readonly IngestItem[],
): Promise<PromiseSettledResult<Ingested>[]> {
  if (items.length === 0) return [];
  try {
    return (await ingest(ctx, items)).map((value) => ({ status: "fulfilled", value }));
  } catch (reason) {
    // When the ledger is away nobody would fare better alone, and the statement may yet have been committed.
    if (items.length === 1 || isUnavailable(reason)) return items.map(() => ({ status: "rejected", reason }));
    const settled: PromiseSettledResult<Ingested>[] = [];
    for (const item of items) settled.push(...(await settle(ctx, [item])));
    return settled;
  }
}

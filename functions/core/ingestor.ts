import { coalesce } from "#core/coalesce.ts";
import { ingest, type IngestContext, type Ingested, type IngestItem } from "#core/ingest.ts";
import { isUnavailable } from "#core/unavailable.ts";

/** The items of one statement, and the statements of one process under way at the same time. */
const SHARED_STATEMENT = { itemsMax: 100, callsMax: 2 };
/** Larger payloads go alone, so that a shared statement never carries more than a few MiB. */
const SHARED_CHARACTERS_MAX = 65_536;

/** Stores events, what a process is asked at the same moment together. Each is answered as `ingest` says. */
export interface Ingestor {
  /** One round trip, shared with what else is asked meanwhile. */
  ingestOne(item: IngestItem): Promise<Ingested>;
  /** One round trip for all. An item that cannot be stored for a reason of its own fails alone, in its place. */
  ingestMany(items: readonly IngestItem[]): Promise<PromiseSettledResult<Ingested>[]>;
}

export function createIngestor(ctx: IngestContext): Ingestor {
  const shared = coalesce((items: readonly IngestItem[]) => settle(ctx, items), SHARED_STATEMENT);
  return {
    ingestMany: (items) => settle(ctx, items),
    async ingestOne(item) {
      const isShared = item.event.payload.length <= SHARED_CHARACTERS_MAX;
      const [settled] = isShared ? [await shared(item)] : await settle(ctx, [item]);
      if (settled?.status === "fulfilled") return settled.value;
      throw settled?.reason;
    },
  };
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

import DataLoader from "dataloader";
import { setImmediate as nextTurn } from "node:timers/promises";
import pLimit from "p-limit";

export interface CoalesceOptions {
  /** Items of one call at the most. */
  readonly itemsMax: number;
  /** Calls under way at the same time. */
  readonly callsMax: number;
}

/**
 * Makes one call for many of what concurrent requests ask one by one. While fewer than `callsMax` calls are under way
 * an item leaves at once, alone or with what came in the same turn of the event loop; otherwise it waits for its turn
 * together with what comes meanwhile. `call` answers as many results as it is given items, in their order; an item
 * whose result is an error rejects, and all do when the call does.
 */
export function coalesce<Item, Result>(
  call: (items: readonly Item[]) => Promise<(Result | Error)[]>,
  { itemsMax, callsMax }: CoalesceOptions,
): (item: Item) => Promise<Result> {
  const limit = pLimit(callsMax);
  let latest: Promise<unknown> = Promise.resolve([]);
  const loader = new DataLoader<Item, Result>((items) => (latest = call(items)), {
    cache: false,
    maxBatchSize: itemsMax,
    batchScheduleFn: (dispatch) =>
      void limit(async () => {
        // What this turn of the event loop has yet to ask comes along.
        await nextTurn();
        dispatch();
        // The loader's own promises carry the failure.
        await latest.catch(() => {});
      }),
  });
  return (item) => loader.load(item);
}

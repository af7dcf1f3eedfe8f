import { useQuery } from "@tanstack/solid-query";
import { createEffect, createMemo, createSignal, on } from "solid-js";
import { createStore, reconcile, unwrap } from "solid-js/store";
import type { Page } from "../data/api.ts";

const POLL_MS = 2_000;

interface Options<Row> {
  readonly query: () => { queryKey: readonly unknown[]; queryFn: () => Promise<Page<Row>> };
  readonly id: (row: Row) => string;
  /** Polls while true and the tab is visible. */
  readonly isLive: () => boolean;
}

/**
 * A page of a list that stays as it was read: rows already there change in place, and what is new waits behind
 * `arrived` until `show` is called, so that nothing moves under the pointer.
 */
export function createLiveList<Row extends object>(options: Options<Row>) {
  const query = useQuery(() => ({
    ...options.query(),
    refetchInterval: options.isLive() ? POLL_MS : false,
    refetchIntervalInBackground: false,
    staleTime: 0,
  }));
  const [list, setList] = createStore<{ rows: Row[] }>({ rows: [] });
  const [shownKey, setShownKey] = createSignal("");
  const key = createMemo(() => JSON.stringify(options.query().queryKey));
  const fresh = () => (query.isSuccess ? query.data.rows : []);
  const known = createMemo(() => new Set(list.rows.map(options.id)));
  const arrived = createMemo(() => {
    const rows = fresh();
    const firstKnown = rows.findIndex((row) => known().has(options.id(row)));
    return firstKnown === -1 ? rows.length : firstKnown;
  });
  const show = () => setList({ rows: fresh().map((row) => structuredClone(unwrap(row))) });

  createEffect(
    on([() => query.dataUpdatedAt, () => query.isSuccess, key], () => {
      if (!query.isSuccess) return;
      const rows = fresh();
      if (shownKey() !== key() || list.rows.length === 0) {
        setShownKey(key());
        show();
        return;
      }
      const updates = new Map(rows.map((row) => [options.id(row), unwrap(row)]));
      for (const [index, row] of list.rows.entries()) {
        const update = updates.get(options.id(row));
        if (update) setList("rows", index, reconcile(structuredClone(update)));
      }
    }),
  );

  return {
    query,
    rows: () => list.rows,
    isShown: () => shownKey() === key(),
    arrived: () => (options.isLive() && shownKey() === key() ? arrived() : 0),
    show,
    next: () => (query.isSuccess ? query.data.next : null),
  };
}

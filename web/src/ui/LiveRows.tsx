import { useSearchParams } from "@solidjs/router";
import { For, Show, type JSX } from "solid-js";
import type { createLiveList } from "../lib/live-list.ts";
import { one } from "../lib/search.ts";
import { LiveBar } from "./LiveBar.tsx";
import { QueryView } from "./QueryView.tsx";
import { RowsSkeleton } from "./Skeleton.tsx";

interface LiveRowsProps<Row extends object> {
  readonly label: string;
  readonly list: ReturnType<typeof createLiveList<Row>>;
  readonly empty: JSX.Element;
  readonly children: (row: Row) => JSX.Element;
}

/** Whether the page's list follows what happens, as its URL says. */
export function useLive() {
  const [params, setParams] = useSearchParams();
  const isLive = () => one(params["live"]) !== "0";
  return { isLive, toggle: () => setParams({ live: isLive() ? "0" : undefined }) };
}

/** A live list whose rows are more than a table's line. */
export function LiveRows<Row extends object>(props: LiveRowsProps<Row>) {
  const live = useLive();
  return (
    <>
      <div class="mb-2">
        <LiveBar
          isLive={live.isLive()}
          onToggle={live.toggle}
          arrived={props.list.arrived()}
          onShow={props.list.show}
          updatedAt={props.list.query.dataUpdatedAt}
        />
      </div>
      <div class="card overflow-hidden">
        <QueryView
          query={props.list.query}
          skeleton={<RowsSkeleton rows={4} />}
          isEmpty={(page) => page.rows.length === 0}
          empty={props.empty}
        >
          {() => (
            <Show when={props.list.isShown()} fallback={<RowsSkeleton rows={4} />}>
              <ul aria-label={props.label} class="divide-y divide-line">
                <For each={props.list.rows()}>
                  {(row) => <li class="px-4 py-3">{props.children(row)}</li>}
                </For>
              </ul>
            </Show>
          )}
        </QueryView>
      </div>
    </>
  );
}

import { useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createMemo, Show, type JSX } from "solid-js";
import { queries, type AttemptFilters } from "../../data/queries.ts";
import { createLiveList } from "../../lib/live-list.ts";
import { one, sinceToInstant } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { Empty } from "../../ui/Empty.tsx";
import { FilterBar, FilterSelect, FilterText } from "../../ui/FilterBar.tsx";
import { ActivityIcon } from "../../ui/icons.ts";
import { LiveBar } from "../../ui/LiveBar.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { AttemptTable } from "./AttemptTable.tsx";
import { createRetry } from "./retry.ts";
import { RetryByFilter } from "./RetryByFilter.tsx";
import { useSubscriptionNames } from "./subscription-names.ts";

const statuses = [
  ["failed", "Failed"],
  ["successful", "Delivered"],
  ["waiting,pending,in_progress", "Not finished"],
] as const;
const spans = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
] as const;

interface AttemptPanelProps {
  /** Fixed by the page; not offered as a filter. */
  readonly subscriptionId?: string;
  readonly eventId?: string;
  /** Only the last attempts of deliveries that failed for good. */
  readonly deadOnly?: boolean;
  readonly empty?: JSX.Element;
  /** What editors may do with all that the filters match; a retry of what failed when left out. */
  readonly actions?: (filters: () => AttemptFilters, onDone: () => void) => JSX.Element;
}

/** The filters, the live list and the bulk retry of attempts; all of its state is in the URL. */
export function AttemptPanel(props: AttemptPanelProps) {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const retry = createRetry(scope.app);
  const names = useSubscriptionNames(scope.app);
  const eventTypes = useQuery(() => queries.eventTypes(scope.app()));
  const cursor = () => one(params["cursor"]);
  const isLive = () => one(params["live"]) !== "0" && cursor() === undefined;
  const since = createMemo(() => sinceToInstant(one(params["since"]), Date.now()));
  const filters = createMemo((): AttemptFilters => ({
    status: one(params["status"]),
    "event.event_type_names": one(params["type"]),
    subscription_id: props.subscriptionId ?? one(params["subscription"]),
    event_id: props.eventId ?? one(params["event"]),
    min_created_at: since(),
  }));
  const list = createLiveList({
    query: () =>
      (props.deadOnly ? queries.deadLetters : queries.attempts)(scope.app(), {
        ...filters(),
        pagination_cursor: cursor(),
      }),
    id: (row) => row.request_attempt_id,
    isLive,
  });
  const set = (changes: Record<string, string | undefined>) => setParams({ ...changes, cursor: undefined });
  const active = () =>
    [params["status"], params["type"], params["subscription"], params["event"], params["since"]].filter(
      Boolean,
    ).length;
  const clear = () =>
    set({ status: undefined, type: undefined, subscription: undefined, event: undefined, since: undefined });

  return (
    <>
      <FilterBar active={active()} onClear={clear}>
        <Show when={!props.deadOnly}>
          <FilterSelect
            label="Status"
            value={one(params["status"])}
            options={statuses}
            onChange={(status) => set({ status })}
          />
        </Show>
        <Show when={!props.eventId}>
          <FilterSelect
            label="Type"
            value={one(params["type"])}
            options={(eventTypes.isSuccess ? eventTypes.data : []).map((type) => [
              type.event_type_name,
              type.event_type_name,
            ])}
            onChange={(type) => set({ type })}
          />
        </Show>
        <Show when={!props.subscriptionId && !props.eventId}>
          <FilterSelect
            label="Subscription"
            value={one(params["subscription"])}
            options={names.options()}
            onChange={(subscription) => set({ subscription })}
          />
          <FilterText
            label="Event id"
            title="A whole event id"
            pattern="[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            value={one(params["event"])}
            onChange={(event) => set({ event })}
          />
        </Show>
        <Show when={!props.deadOnly}>
          <FilterSelect
            label="Time"
            value={one(params["since"])}
            options={spans}
            onChange={(value) => set({ since: value })}
          />
        </Show>
      </FilterBar>
      <div class="mb-2 flex flex-wrap items-center justify-between gap-2">
        <LiveBar
          isLive={isLive()}
          onToggle={() => setParams({ live: isLive() ? "0" : undefined, cursor: undefined })}
          arrived={list.arrived()}
          onShow={() => {
            retry.forget();
            list.show();
          }}
          updatedAt={list.query.dataUpdatedAt}
        />
        <Show when={scope.mayEdit()}>
          {props.actions?.(filters, list.show) ?? (
            <RetryByFilter application={scope.app()} filters={filters()} retry={retry} />
          )}
        </Show>
      </div>
      <div class="card overflow-hidden">
        <QueryView
          query={list.query}
          skeleton={<RowsSkeleton />}
          isEmpty={(page) => page.rows.length === 0}
          empty={
            <Show
              when={active() > 0}
              fallback={
                props.empty ?? (
                  <Empty icon={<ActivityIcon size={20} />} title="No attempts yet">
                    When an event matches a subscription, every try to deliver it is recorded here, with what
                    the endpoint answered.
                  </Empty>
                )
              }
            >
              <Empty icon={<ActivityIcon size={20} />} title="Nothing matches these filters">
                <button type="button" class="text-accent-ink underline" onClick={clear}>
                  Clear the filters
                </button>{" "}
                to see every attempt.
              </Empty>
            </Show>
          }
        >
          {() => (
            <Show when={list.isShown()} fallback={<RowsSkeleton />}>
              <AttemptTable
                rows={list.rows()}
                retry={retry}
                subscriptionName={names.of}
                {...(props.subscriptionId ? { hide: "subscription" as const } : {})}
                {...(props.eventId ? { hide: "event" as const } : {})}
              />
              <Pager
                cursor={cursor()}
                next={list.next()}
                shown={list.rows().length}
                onGo={(to) => setParams({ cursor: to })}
              />
            </Show>
          )}
        </QueryView>
      </div>
    </>
  );
}

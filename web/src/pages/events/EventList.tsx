import { A, useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createMemo, Show } from "solid-js";
import type { Event } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { createLiveList } from "../../lib/live-list.ts";
import { one, sinceToInstant } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Labels } from "../../ui/Facts.tsx";
import { FilterBar, FilterSelect, FilterText } from "../../ui/FilterBar.tsx";
import { Id } from "../../ui/Id.tsx";
import { EventIcon, SendIcon } from "../../ui/icons.ts";
import { LiveBar } from "../../ui/LiveBar.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";

const spans = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
] as const;

export default function EventList() {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const eventTypes = useQuery(() => queries.eventTypes(scope.app()));
  const cursor = () => one(params["cursor"]);
  const isLive = () => one(params["live"]) !== "0" && cursor() === undefined;
  const since = createMemo(() => sinceToInstant(one(params["since"]), Date.now()));
  const list = createLiveList({
    query: () =>
      queries.events(scope.app(), {
        event_type_names: one(params["type"]),
        label: one(params["label"]),
        min_received_at: since(),
        pagination_cursor: cursor(),
      }),
    id: (row) => row.event_id,
    isLive,
  });
  const set = (changes: Record<string, string | undefined>) => setParams({ ...changes, cursor: undefined });
  const active = () => [params["type"], params["label"], params["since"]].filter(Boolean).length;
  const clear = () => set({ type: undefined, label: undefined, since: undefined });

  const columns: Column<Event>[] = [
    {
      header: "Event",
      cell: (row) => (
        <A href={scope.appPath(`/events/${row.event_id}`)} tabindex="-1" class="block min-w-0">
          <span class="block truncate font-medium">{row.event_type_name}</span>
          <span class="text-xs text-ink-3">
            <Id value={row.event_id} copy={false} />
          </span>
        </A>
      ),
    },
    { header: "Labels", class: "hidden sm:table-cell", cell: (row) => <Labels labels={row.labels} /> },
    {
      header: "From",
      class: "hidden w-32 lg:table-cell text-ink-2",
      cell: (row) => <code class="text-xs">{row.ip.replace("/32", "")}</code>,
    },
    {
      header: "Received",
      class: "w-28 text-right text-ink-2",
      cell: (row) => <Time at={row.received_at} class="text-xs whitespace-nowrap" />,
    },
  ];

  return (
    <>
      <PageHeader
        title="Events"
        description="What your application has told Columba."
        call={{ method: "GET", path: `/api/v1/events?application_id=${scope.app()}` }}
        actions={
          <Show when={scope.mayEdit()}>
            <LinkButton href={scope.appPath("/events/new")} look="primary">
              <SendIcon size={14} /> Send an event
            </LinkButton>
          </Show>
        }
      />
      <FilterBar active={active()} onClear={clear}>
        <FilterSelect
          label="Type"
          value={one(params["type"])}
          options={(eventTypes.isSuccess ? eventTypes.data : []).map((type) => [
            type.event_type_name,
            type.event_type_name,
          ])}
          onChange={(type) => set({ type })}
        />
        <FilterText
          label="Label, as key=value"
          title="key=value"
          pattern="[^=]+=.+"
          value={one(params["label"])}
          onChange={(label) => set({ label })}
        />
        <FilterSelect
          label="Time"
          value={one(params["since"])}
          options={spans}
          onChange={(value) => set({ since: value })}
        />
      </FilterBar>
      <div class="mb-2">
        <LiveBar
          isLive={isLive()}
          onToggle={() => setParams({ live: isLive() ? "0" : undefined, cursor: undefined })}
          arrived={list.arrived()}
          onShow={list.show}
          updatedAt={list.query.dataUpdatedAt}
        />
      </div>
      <div class="card overflow-hidden">
        <QueryView
          query={list.query}
          skeleton={<RowsSkeleton />}
          isEmpty={(page) => page.rows.length === 0}
          empty={
            <Empty
              icon={<EventIcon size={20} />}
              title={active() > 0 ? "Nothing matches these filters" : "No events yet"}
              action={
                <Show
                  when={active() === 0}
                  fallback={
                    <button type="button" class="text-accent-ink underline" onClick={clear}>
                      Clear the filters
                    </button>
                  }
                >
                  <Show when={scope.mayEdit()}>
                    <LinkButton href={scope.appPath("/events/new")} look="primary">
                      Send a first event
                    </LinkButton>
                  </Show>
                </Show>
              }
            >
              {active() > 0
                ? "No event of this application is of that type, label and time."
                : "An event says that something happened. It goes to every subscription of its type and labels."}
            </Empty>
          }
        >
          {() => (
            <Show when={list.isShown()} fallback={<RowsSkeleton />}>
              <DataTable
                label="Events"
                columns={columns}
                rows={list.rows()}
                href={(row) => scope.appPath(`/events/${row.event_id}`)}
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

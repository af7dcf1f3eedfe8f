import { A } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Sparkline } from "../../ui/DeliveryChart.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Labels } from "../../ui/Facts.tsx";
import { PlusIcon, SubscriptionIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { nameOf } from "../attempts/subscription-names.ts";
import { Health } from "./Health.tsx";

export default function SubscriptionList() {
  const scope = useScope();
  const query = useQuery(() => queries.subscriptions(scope.app()));
  const statistics = useQuery(() => queries.statistics(scope.app(), "24h"));
  const statisticsOf = (id: string) =>
    statistics.isSuccess
      ? statistics.data.subscriptions.find((one) => one.subscription_id === id)
      : undefined;

  const columns: Column<Subscription>[] = [
    {
      header: "Subscription",
      cell: (row) => (
        <A href={scope.appPath(`/subscriptions/${row.subscription_id}`)} tabindex="-1" class="block min-w-0">
          <span class="block truncate font-medium">{nameOf(row)}</span>
          <span class="block truncate font-mono text-xs text-ink-3">{row.target.url}</span>
        </A>
      ),
    },
    { header: "Labels", class: "hidden lg:table-cell", cell: (row) => <Labels labels={row.labels} /> },
    {
      header: "Types",
      class: "hidden w-16 text-right md:table-cell tabular",
      cell: (row) => <span title={row.event_types.join("\n")}>{row.event_types.length}</span>,
    },
    {
      header: "Last 24 hours",
      class: "hidden w-32 sm:table-cell",
      cell: (row) => <Sparkline buckets={statisticsOf(row.subscription_id)?.buckets} />,
    },
    {
      header: "Health",
      class: "w-32 text-right",
      cell: (row) => <Health isEnabled={row.is_enabled} statistics={statisticsOf(row.subscription_id)} />,
    },
  ];
  const create = (label: string) => (
    <Show when={scope.mayEdit()}>
      <LinkButton href={scope.appPath("/subscriptions/new")} look="primary">
        <PlusIcon size={14} /> {label}
      </LinkButton>
    </Show>
  );

  return (
    <>
      <PageHeader
        title="Subscriptions"
        description="Who gets which events, and where."
        call={{ method: "GET", path: `/api/v1/subscriptions?application_id=${scope.app()}` }}
        actions={create("New subscription")}
      />
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton />}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <Empty
              icon={<SubscriptionIcon size={20} />}
              title="No subscriptions yet"
              action={create("Create the first one")}
            >
              A subscription names an endpoint, the event types it wants and the labels they must carry.
              Without one, events are stored but go to nobody.
            </Empty>
          }
        >
          {(rows) => (
            <DataTable
              label="Subscriptions"
              columns={columns}
              rows={rows()}
              href={(row) => scope.appPath(`/subscriptions/${row.subscription_id}`)}
            />
          )}
        </QueryView>
      </div>
    </>
  );
}

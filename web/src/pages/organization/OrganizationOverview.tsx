import { A, useNavigate } from "@solidjs/router";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { createMemo, createSignal, For, Show } from "solid-js";
import { api } from "../../data/api.ts";
import type { OrganizationInfo } from "../../data/organizations.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Section } from "../../ui/Facts.tsx";
import { ArrowRightIcon, PlusIcon, TypesIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { BlockSkeleton, RowsSkeleton } from "../../ui/Skeleton.tsx";
import { EventsPerDayChart } from "./EventsPerDayChart.tsx";

const DAY_MS = 86_400_000;
const DAYS = 30;
const UNLIMITED = 2_147_483_647;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export default function OrganizationOverview() {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isCreating, setCreating] = createSignal(false);
  const days = createMemo(() =>
    Array.from({ length: DAYS }, (_, at) => dayOf(Date.now() - (DAYS - 1 - at) * DAY_MS)),
  );
  const organization = useQuery(() => queries.organization(scope.org()));
  const applications = useQuery(() => queries.applications(scope.org()));
  const perDay = useQuery(() =>
    queries.organizationEventsPerDay(scope.org(), days()[0] ?? "", days().at(-1) ?? ""),
  );
  const create = async (name: string) => {
    const response = await api.applications.$post({ json: { organization_id: scope.org(), name } });
    const { application_id } = await response.json();
    await client.invalidateQueries({ queryKey: ["applications"] });
    navigate(`/o/${scope.org()}/a/${application_id}`);
  };

  return (
    <>
      <PageHeader
        title={scope.organization()?.name ?? "Organization"}
        call={{ method: "GET", path: `/api/v1/organizations/${scope.org()}` }}
        actions={
          <Show when={scope.mayEdit()}>
            <Button look="primary" onClick={() => setCreating(true)}>
              <PlusIcon size={14} /> New application
            </Button>
          </Show>
        }
      />
      <div class="flex flex-col gap-4">
        <QueryView query={organization} skeleton={<BlockSkeleton class="h-[92px]" />}>
          {(info) => <Usage info={info()} />}
        </QueryView>
        <Section title="Events a day, last 30 days">
          <QueryView query={perDay} skeleton={<BlockSkeleton class="h-[172px]" />}>
            {(entries) => <EventsPerDayChart days={days()} entries={entries()} />}
          </QueryView>
        </Section>
        <section class="card overflow-hidden">
          <h2 class="border-b border-line px-4 py-3 text-sm font-semibold">Applications</h2>
          <QueryView
            query={applications}
            skeleton={<RowsSkeleton rows={3} />}
            isEmpty={(rows) => rows.length === 0}
            empty={
              <Empty icon={<TypesIcon size={20} />} title="No applications yet">
                An application is one product or environment of yours, with its own events, subscriptions and
                secrets.
              </Empty>
            }
          >
            {(rows) => (
              <ul class="divide-y divide-line">
                <For each={rows()}>
                  {(one) => (
                    <li>
                      <A
                        href={`/o/${scope.org()}/a/${one.application_id}`}
                        data-row
                        class="flex min-h-12 items-center justify-between px-4 hover:bg-sunken"
                      >
                        <span class="font-medium">{one.name}</span>
                        <ArrowRightIcon size={16} class="text-ink-3" />
                      </A>
                    </li>
                  )}
                </For>
              </ul>
            )}
          </QueryView>
        </section>
      </div>
      <Dialog title="New application" open={isCreating()} onClose={() => setCreating(false)}>
        <RenameForm name="" action="Create" onSave={create} />
      </Dialog>
    </>
  );
}

function Usage(props: { info: OrganizationInfo }) {
  const rows = () =>
    [
      ["Events today", props.info.consumption.events_per_day ?? 0, props.info.quotas.events_per_day_limit],
      [
        "Applications",
        props.info.consumption.applications,
        props.info.quotas.applications_per_organization_limit,
      ],
      ["Members", props.info.consumption.members, props.info.quotas.members_per_organization_limit],
    ] as const;
  return (
    <dl class="card grid divide-line sm:grid-cols-3 sm:divide-x">
      <For each={rows()}>
        {([name, used, limit]) => (
          <div class="px-4 py-3">
            <dt class="text-sm text-ink-3">{name}</dt>
            <dd class="tabular">
              <span class="text-2xl font-semibold tracking-tight">{used.toLocaleString()}</span>{" "}
              <Show when={limit < UNLIMITED} fallback={<span class="text-xs text-ink-3">no limit</span>}>
                <span class="text-xs text-ink-3">of {limit.toLocaleString()}</span>
                <meter
                  class="mt-1 block h-2 w-full"
                  min="0"
                  max={limit}
                  value={used}
                  aria-label={`${name} used`}
                />
              </Show>
            </dd>
          </div>
        )}
      </For>
    </dl>
  );
}

import { A, useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { For, Show, type JSX } from "solid-js";
import type { DeliveryStatistics } from "../../data/api.ts";
import { queries, type Period } from "../../data/queries.ts";
import { now } from "../../lib/clock.ts";
import { formatDuration } from "../../lib/duration.ts";
import { one } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { DeliveryChart, Sparkline } from "../../ui/DeliveryChart.tsx";
import { Section } from "../../ui/Facts.tsx";
import { ArrowRightIcon, CheckIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { nameOf } from "../attempts/subscription-names.ts";

const POLL_MS = 10_000;
const WORST_SHOWN = 6;
const periods: readonly (readonly [Period, string])[] = [
  ["1h", "1 hour"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
];

export default function ApplicationOverview() {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const period = () => periods.find(([value]) => value === one(params["period"]))?.[0] ?? "24h";
  const application = useQuery(() => queries.application(scope.app()));
  const statistics = useQuery(() => ({
    ...queries.statistics(scope.app(), period()),
    refetchInterval: POLL_MS,
    placeholderData: (previous: DeliveryStatistics | undefined) => previous,
  }));
  const isOnboarding = () =>
    application.isSuccess && Object.values(application.data.onboarding_steps).some((step) => step !== "Done");

  return (
    <>
      <PageHeader
        title={application.isSuccess ? application.data.name : "Overview"}
        call={{
          method: "GET",
          path: `/api/v1/delivery_statistics?application_id=${scope.app()}&period=${period()}`,
        }}
        actions={
          <div
            role="group"
            aria-label="Period"
            class="flex rounded-md border border-line-strong bg-surface p-0.5"
          >
            <For each={periods}>
              {([value, label]) => (
                <button
                  type="button"
                  aria-pressed={period() === value}
                  onClick={() => setParams({ period: value === "24h" ? undefined : value })}
                  class="min-h-8 rounded px-2.5 text-sm text-ink-2 hover:text-ink aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent-ink"
                >
                  {label}
                </button>
              )}
            </For>
          </div>
        }
      />
      <Show when={isOnboarding() && scope.mayEdit()}>
        <Onboarding />
      </Show>
      <QueryView query={statistics} skeleton={<BlockSkeleton class="h-[26rem]" />}>
        {(data) => (
          <div class="flex flex-col gap-4">
            <Figures statistics={data()} />
            <Section
              title="Attempts"
              aside={
                <A
                  href={scope.appPath("/attempts?status=failed")}
                  class="inline-flex min-h-8 items-center gap-1 text-sm text-accent-ink hover:underline"
                >
                  Failed attempts <ArrowRightIcon size={14} />
                </A>
              }
            >
              <DeliveryChart buckets={data().buckets} label="Attempts over time" />
            </Section>
            <Worst statistics={data()} />
          </div>
        )}
      </QueryView>
    </>
  );
}

function Figures(props: { statistics: DeliveryStatistics }) {
  const total = () => props.statistics.delivered + props.statistics.failed;
  const errorRate = () =>
    total() === 0 ? "–" : `${((props.statistics.failed / total()) * 100).toFixed(1)} %`;
  const oldest = () =>
    props.statistics.oldest_waiting_at
      ? `oldest for ${formatDuration(Math.max(0, now() - Date.parse(props.statistics.oldest_waiting_at)))}`
      : "nothing waits";
  const latency = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));
  return (
    <dl class="card grid grid-cols-2 divide-line max-lg:gap-y-1 lg:grid-cols-5 lg:divide-x">
      <Figure name="Delivered" value={props.statistics.delivered.toLocaleString()} tone="text-ok" />
      <Figure
        name="Failed"
        value={props.statistics.failed.toLocaleString()}
        tone={props.statistics.failed > 0 ? "text-bad" : ""}
      />
      <Figure name="Waiting" value={props.statistics.waiting.toLocaleString()} note={oldest()} />
      <Figure name="Error rate" value={errorRate()} note="of all attempts" />
      <Figure
        name="Answer time"
        value={latency(props.statistics.latency_p50_ms)}
        note={`median · 95 % within ${latency(props.statistics.latency_p95_ms)}`}
      />
    </dl>
  );
}

function Figure(props: { name: string; value: string; note?: string; tone?: string }) {
  return (
    <div class="px-4 py-3">
      <dt class="text-sm text-ink-3">{props.name}</dt>
      <dd>
        <span class={`tabular block text-2xl font-semibold tracking-tight ${props.tone ?? ""}`}>
          {props.value}
        </span>
        <span class="block min-h-4 text-xs text-ink-3">{props.note}</span>
      </dd>
    </div>
  );
}

function Worst(props: { statistics: DeliveryStatistics }) {
  const scope = useScope();
  const subscriptions = useQuery(() => queries.subscriptions(scope.app()));
  const nameById = (id: string) => {
    const found = subscriptions.isSuccess
      ? subscriptions.data.find((one) => one.subscription_id === id)
      : undefined;
    return found ? nameOf(found) : `${id.slice(0, 8)}…`;
  };
  return (
    <Section
      title="Subscriptions, those with most failures first"
      aside={
        <A
          href={scope.appPath("/subscriptions")}
          class="inline-flex min-h-8 items-center gap-1 text-sm text-accent-ink hover:underline"
        >
          All <ArrowRightIcon size={14} />
        </A>
      }
    >
      <ul class="-my-2 divide-y divide-line">
        <For
          each={props.statistics.subscriptions.slice(0, WORST_SHOWN)}
          fallback={<li class="py-2 text-sm text-ink-3">Nothing was sent in this period.</li>}
        >
          {(row) => (
            <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 text-sm">
              <A
                href={scope.appPath(`/subscriptions/${row.subscription_id}`)}
                class="min-w-40 flex-1 truncate font-medium hover:underline"
              >
                {nameById(row.subscription_id)}
              </A>
              <Sparkline buckets={row.buckets} />
              <span class="tabular w-28 text-right text-ink-2">
                {row.delivered.toLocaleString()} delivered
              </span>
              <span class="tabular w-20 text-right" classList={{ "text-bad font-medium": row.failed > 0 }}>
                {row.failed.toLocaleString()} failed
              </span>
              <span class="tabular w-20 text-right text-ink-2">{row.waiting.toLocaleString()} waiting</span>
            </li>
          )}
        </For>
      </ul>
    </Section>
  );
}

/** What is left to do until a first event is delivered. */
function Onboarding() {
  const scope = useScope();
  const application = useQuery(() => queries.application(scope.app()));
  const steps = () => (application.isSuccess ? application.data.onboarding_steps : undefined);
  const step = (isDone: boolean, label: string, path: string): JSX.Element => (
    <li class="flex items-center justify-between gap-4 py-2">
      <span class="flex items-center gap-2.5" classList={{ "text-ink-3 line-through": isDone }}>
        <span
          class="grid size-5 place-items-center rounded-full border border-line-strong"
          classList={{ "border-transparent bg-ok-soft text-ok": isDone }}
        >
          <Show when={isDone}>
            <CheckIcon size={12} />
          </Show>
        </span>
        {label}
      </span>
      <Show when={!isDone}>
        <LinkButton href={scope.appPath(path)}>Do it</LinkButton>
      </Show>
    </li>
  );
  return (
    <Section title="To a first delivery" class="mb-4">
      <ol class="-my-2 divide-y divide-line text-sm">
        {step(steps()?.event_type === "Done", "Name what happens: an event type", "/event-types")}
        {step(steps()?.subscription === "Done", "Say who is told: a subscription", "/subscriptions/new")}
        {step(steps()?.event === "Done", "Send a first event", "/events/new")}
      </ol>
    </Section>
  );
}

import { useNavigate, useParams, useSearchParams } from "@solidjs/router";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { For, Match, Show, Switch } from "solid-js";
import { api, type Subscription } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { describeRetries } from "../../lib/retry-words.ts";
import { one } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { DeleteSection } from "../../ui/DeleteSection.tsx";
import { DeliveryChart } from "../../ui/DeliveryChart.tsx";
import { Facts, Labels, Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { AttemptPanel } from "../attempts/AttemptPanel.tsx";
import { nameOf } from "../attempts/subscription-names.ts";
import { Health } from "./Health.tsx";
import { HealthFigures } from "./HealthFigures.tsx";
import { SecretSection } from "./SecretSection.tsx";
import { SendTest } from "./SendTest.tsx";
import { SubscriptionForm } from "./SubscriptionForm.tsx";
import type { SubscriptionInput } from "./subscription-input.ts";

const HEALTH_POLL_MS = 5_000;
const tabs = [
  ["health", "Health"],
  ["attempts", "Attempts"],
  ["settings", "Settings"],
] as const;

export default function SubscriptionDetail() {
  const params = useParams<{ id: string }>();
  const query = useQuery(() => queries.subscription(params.id));
  return (
    <QueryView heading="Subscription" query={query} skeleton={<BlockSkeleton class="h-[70vh]" />}>
      {(subscription) => <Detail subscription={subscription()} />}
    </QueryView>
  );
}

function Detail(props: { subscription: Subscription }) {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const id = () => props.subscription.subscription_id;
  const statistics = useQuery(() => queries.statistics(scope.app(), "24h", id()));
  const health = useQuery(() => ({ ...queries.subscriptionHealth(id()), refetchInterval: HEALTH_POLL_MS }));
  const own = () => (statistics.isSuccess ? statistics.data.subscriptions[0] : undefined);
  const offered = () => tabs.filter(([tab]) => tab !== "settings" || scope.mayEdit());
  const tab = () => one(params["tab"]) ?? "health";

  return (
    <>
      <PageHeader
        title={nameOf(props.subscription)}
        back={{ href: scope.appPath("/subscriptions"), label: "Subscriptions" }}
        badge={
          <Health
            isEnabled={props.subscription.is_enabled}
            statistics={own()}
            state={health.isSuccess ? health.data.state : undefined}
          />
        }
        description={
          <code class="text-xs break-all">
            {props.subscription.target.method} {props.subscription.target.url}
          </code>
        }
        call={{ method: "GET", path: `/api/v1/subscriptions/${id()}` }}
        actions={
          <Show when={scope.mayEdit() && props.subscription.is_enabled}>
            <SendTest subscription={props.subscription} onSent={() => setParams({ tab: "attempts" })} />
          </Show>
        }
      />
      <nav aria-label="Subscription" class="mb-4 flex gap-1 border-b border-line">
        <For each={offered()}>
          {([value, label]) => (
            <button
              type="button"
              aria-current={tab() === value ? "page" : undefined}
              onClick={() => setParams({ tab: value === "health" ? undefined : value })}
              class="-mb-px min-h-9 border-b-2 border-transparent px-3 text-sm text-ink-2 hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
            >
              {label}
            </button>
          )}
        </For>
      </nav>
      <Switch>
        <Match when={tab() === "attempts"}>
          <AttemptPanel subscriptionId={id()} />
        </Match>
        <Match when={tab() === "settings" && scope.mayEdit()}>
          <Settings subscription={props.subscription} />
        </Match>
        <Match when={true}>
          <div class="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
            <div class="flex min-w-0 flex-col gap-4">
              <QueryView query={health} skeleton={<BlockSkeleton class="h-[92px]" />}>
                {(data) => <HealthFigures health={data()} />}
              </QueryView>
              <Section title="Attempts of the last 24 hours">
                <QueryView query={statistics} skeleton={<BlockSkeleton class="h-[172px]" />}>
                  {(data) => <DeliveryChart buckets={data().buckets} label="Attempts of the last 24 hours" />}
                </QueryView>
              </Section>
            </div>
            <div class="flex flex-col gap-4">
              <Section title="Facts">
                <Facts
                  facts={[
                    ["Subscription", <Id value={id()} />],
                    ["Labels", <Labels labels={props.subscription.labels} />],
                    [
                      "Event types",
                      <ul>
                        <For each={props.subscription.event_types}>
                          {(name) => (
                            <li>
                              <code class="text-xs">{name}</code>
                            </li>
                          )}
                        </For>
                      </ul>,
                    ],
                    ...(props.subscription.retry_policy
                      ? [["Retries", describeRetries(props.subscription.retry_policy)] as const]
                      : []),
                    ["Waiting", own()?.waiting ?? 0],
                    ["Created", <Time at={props.subscription.created_at} />],
                    ["Changed", <Time at={props.subscription.updated_at} />],
                  ]}
                />
              </Section>
              <Show when={scope.mayEdit()}>
                <SecretSection subscription={props.subscription} />
              </Show>
            </div>
          </div>
        </Match>
      </Switch>
    </>
  );
}

function Settings(props: { subscription: Subscription }) {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const id = () => props.subscription.subscription_id;
  const refresh = () =>
    Promise.all(
      ["subscription", "subscriptions"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  const save = async (json: SubscriptionInput) => {
    await api.subscriptions[":subscription_id"].$put({ param: { subscription_id: id() }, json });
    await refresh();
    toast("Saved.");
  };
  const remove = async () => {
    await api.subscriptions[":subscription_id"].$delete({
      param: { subscription_id: id() },
      query: { application_id: scope.app() },
    });
    navigate(scope.appPath("/subscriptions"));
    await client.invalidateQueries({ queryKey: ["subscriptions"] });
    toast("Subscription deleted.");
  };
  return (
    <div class="flex max-w-2xl flex-col gap-4">
      <div class="card p-5">
        <SubscriptionForm subscription={props.subscription} action="Save" onSave={save} />
      </div>
      <DeleteSection
        what="subscription"
        name={nameOf(props.subscription)}
        lead="Its deliveries that wait end as failed; the record of the rest stays."
        consequence="Nothing more is sent to its endpoint, and deliveries that wait end as failed."
        onDelete={remove}
      />
    </div>
  );
}

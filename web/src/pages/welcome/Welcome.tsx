import { useNavigate, useParams, useSearchParams } from "@solidjs/router";
import { useQueryClient } from "@tanstack/solid-query";
import { For, Match, Switch, type JSX } from "solid-js";
import { api } from "../../data/api.ts";
import { createOrganization } from "../../data/organizations.ts";
import { one } from "../../lib/search.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { EventTypeStep, SendStep, SubscriptionStep } from "./steps.tsx";

const steps = [
  ["organization", "Organization"],
  ["application", "Application"],
  ["event-type", "Event type"],
  ["subscription", "Subscription"],
  ["send", "First event"],
] as const;

/** From nothing to a delivered event. Where one is stands in the URL: each step can be left and come back to. */
export default function Welcome() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const params = useParams<{ step?: string }>();
  const [search] = useSearchParams();
  const step = () => params.step ?? "organization";
  const at = () => steps.findIndex(([value]) => value === step());
  const go = (to: string, more: Record<string, string> = {}) => {
    const kept = Object.fromEntries(
      Object.entries(search).flatMap(([key, value]) => (one(value) ? [[key, one(value) ?? ""]] : [])),
    );
    navigate(`/welcome/${to}?${new URLSearchParams({ ...kept, ...more }).toString()}`);
  };
  const organization = () => one(search["organization"]) ?? "";
  const application = () => one(search["application"]) ?? "";
  const type = () => one(search["type"]) ?? "";

  const makeOrganization = async (name: string) => {
    const { organization_id } = await createOrganization(name);
    await client.invalidateQueries({ queryKey: ["organizations"] });
    go("application", { organization: organization_id });
  };
  const makeApplication = async (name: string) => {
    const response = await api.applications.$post({ json: { organization_id: organization(), name } });
    const { application_id } = await response.json();
    await client.invalidateQueries({ queryKey: ["applications"] });
    go("event-type", { application: application_id });
  };

  return (
    <div class="mx-auto max-w-2xl">
      <PageHeader
        title="To a first delivery"
        description="Five small steps. Every one can be changed later."
      />
      <ol class="mb-5 grid grid-cols-5 gap-2 text-xs" aria-label="Steps">
        <For each={steps}>
          {([value, label], index) => (
            <li
              aria-current={value === step() ? "step" : undefined}
              class="border-t-2 pt-1.5"
              classList={{
                "border-accent font-medium": index() === at(),
                "border-ok-mark text-ink-2": index() < at(),
                "border-line text-ink-3": index() > at(),
              }}
            >
              <span class="max-sm:sr-only" classList={{ "not-sr-only!": value === step() }}>
                {label}
              </span>
            </li>
          )}
        </For>
      </ol>
      <div class="card p-6">
        <Switch>
          <Match when={step() === "organization"}>
            <Lead title="Who are you?">
              A company or a team. Members, tokens and applications belong to it.
            </Lead>
            <RenameForm name="" action="Continue" onSave={makeOrganization} />
          </Match>
          <Match when={step() === "application"}>
            <Lead title="What sends events?">
              One product or environment of yours, such as “Shop, production”. It has its own events and
              secrets.
            </Lead>
            <RenameForm name="" action="Continue" onSave={makeApplication} />
          </Match>
          <Match when={step() === "event-type"}>
            <Lead title="What can happen?">
              A service, a resource, and what happens to it, such as <code>shop.order.paid</code>.
            </Lead>
            <EventTypeStep
              application={application()}
              onDone={(name) => go("subscription", { type: name })}
            />
          </Match>
          <Match when={step() === "subscription"}>
            <Lead title="Who is told?">An endpoint that gets these events by HTTP, signed.</Lead>
            <SubscriptionStep application={application()} type={type()} onDone={() => go("send")} />
          </Match>
          <Match when={step() === "send"}>
            <Lead title="Send one">It is a real event, and you see it arrive.</Lead>
            <SendStep organization={organization()} application={application()} type={type()} />
          </Match>
        </Switch>
      </div>
    </div>
  );
}

function Lead(props: { title: string; children: JSX.Element }) {
  return (
    <div class="mb-4">
      <h2 class="text-lg font-semibold">{props.title}</h2>
      <p class="text-ink-2">{props.children}</p>
    </div>
  );
}

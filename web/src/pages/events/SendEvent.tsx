import { useNavigate, useSearchParams } from "@solidjs/router";
import { useMutation, useQuery } from "@tanstack/solid-query";
import { createMemo, createSignal, For, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { toCurl } from "../../lib/curl.ts";
import { parseLabels } from "../../lib/labels.ts";
import { one } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Section } from "../../ui/Facts.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { Field } from "../../ui/Field.tsx";
import { SendIcon, TypesIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { toTypeScript } from "./snippet.ts";

const EXAMPLE = '{\n  "order": 42,\n  "total": "19.90"\n}';

/** One event as a form, as curl and as TypeScript: the same state three ways. */
export default function SendEvent() {
  const scope = useScope();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const eventTypes = useQuery(() => queries.eventTypes(scope.app()));
  const [type, setType] = createSignal(one(params["type"]) ?? "");
  const [labels, setLabels] = createSignal(one(params["labels"]) ?? "environment=local");
  const [payload, setPayload] = createSignal(EXAMPLE);
  const [shown, setShown] = createSignal<"curl" | "TypeScript">("curl");

  const known = () => (eventTypes.isSuccess ? eventTypes.data : []);
  const chosen = () => type() || known()[0]?.event_type_name || "";
  const labelFault = createMemo(() => faultOf(() => parseLabels(labels())));
  const payloadFault = createMemo(() => faultOf(() => JSON.parse(payload())));
  const body = createMemo(() => ({
    application_id: scope.app(),
    event_type: chosen(),
    payload: payload(),
    payload_content_type: "application/json",
    occurred_at: new Date().toISOString(),
    labels: labelFault() ? {} : parseLabels(labels()),
  }));
  const snippet = () =>
    shown() === "curl"
      ? toCurl({ method: "POST", path: "/api/v1/event", body: body() }, location.origin)
      : toTypeScript(body(), location.origin);

  const send = useMutation(() => ({
    mutationFn: async () => {
      const response = await api.event.$post({ json: { ...body(), occurred_at: new Date().toISOString() } });
      const { event_id } = await response.json();
      toast("Sent.");
      navigate(scope.appPath(`/events/${event_id}`));
    },
  }));

  return (
    <>
      <PageHeader
        title="Send an event"
        back={{ href: scope.appPath("/events"), label: "Events" }}
        description="It is a real one: every subscription that matches gets it."
      />
      <QueryView
        query={eventTypes}
        skeleton={<BlockSkeleton class="h-96" />}
        isEmpty={(types) => types.length === 0}
        empty={
          <div class="card">
            <Empty
              icon={<TypesIcon size={20} />}
              title="An event needs a type"
              action={
                <LinkButton look="primary" href={scope.appPath("/event-types")}>
                  Create an event type
                </LinkButton>
              }
            >
              This application has none yet.
            </Empty>
          </div>
        }
      >
        {(types) => (
          <div class="grid items-start gap-4 lg:grid-cols-2">
            <form
              class="card flex min-w-0 flex-col gap-4 p-4"
              onSubmit={(event) => {
                event.preventDefault();
                send.mutate();
              }}
            >
              <Field label="Event type" error={fieldMessages(send.error, "event_type")}>
                {(control) => (
                  <select {...control} class="field" onChange={(event) => setType(event.currentTarget.value)}>
                    <For each={types()}>
                      {(known) => (
                        <option selected={known.event_type_name === chosen()}>{known.event_type_name}</option>
                      )}
                    </For>
                  </select>
                )}
              </Field>
              <Field
                label="Labels"
                hint="One key=value a line. A subscription gets the event when all of its labels are here."
                error={labelFault() ?? fieldMessages(send.error, "labels")}
              >
                {(control) => (
                  <textarea
                    {...control}
                    class="field font-mono text-xs"
                    rows="2"
                    required
                    value={labels()}
                    onInput={(event) => setLabels(event.currentTarget.value)}
                  />
                )}
              </Field>
              <Field label="Payload" error={payloadFault() ?? fieldMessages(send.error, "payload")}>
                {(control) => (
                  <textarea
                    {...control}
                    class="field font-mono text-xs"
                    rows="8"
                    spellcheck={false}
                    value={payload()}
                    onInput={(event) => setPayload(event.currentTarget.value)}
                  />
                )}
              </Field>
              <FormFailure error={send.error} />
              <Button
                type="submit"
                look="primary"
                busy={send.isPending}
                disabled={labelFault() !== undefined || payloadFault() !== undefined}
              >
                <SendIcon size={14} /> Send
              </Button>
            </form>
            <Section
              title="The same from your code"
              aside={
                <span class="flex items-center gap-1">
                  <For each={["curl", "TypeScript"] as const}>
                    {(language) => (
                      <Button
                        look="quiet"
                        class="min-h-8 aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
                        aria-pressed={shown() === language}
                        onClick={() => setShown(language)}
                      >
                        {language}
                      </Button>
                    )}
                  </For>
                  <CopyButton text={snippet()} label="Copy the code" />
                </span>
              }
            >
              <pre
                tabindex="0"
                role="region"
                aria-label="Code"
                class="overflow-x-auto text-xs leading-5 text-ink-2"
              >
                {snippet()}
              </pre>
              <Show when={scope.mayEdit()}>
                <p class="mt-3 text-sm text-ink-3">
                  COLUMBA_TOKEN is an application secret or a service token.
                </p>
              </Show>
            </Section>
          </div>
        )}
      </QueryView>
    </>
  );
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (fault) {
    return fault instanceof SyntaxError ? `Not JSON: ${fault.message}` : (fault as Error).message;
  }
}

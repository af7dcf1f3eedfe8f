import { useQuery, type UseQueryResult } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import type { InferResponseType } from "hono/client";
import type { api, EndpointResponse, RequestAttempt } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { toDeliveryCurl } from "../../lib/curl.ts";
import { formatDuration } from "../../lib/duration.ts";
import { readPayload, readText } from "../../lib/payload.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Section } from "../../ui/Facts.tsx";
import { Payload } from "../../ui/Payload.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";

type EventWithPayload = InferResponseType<(typeof api.events)[":event_id"]["$get"], 200>;

/** What the endpoint answered, or why there is no answer. */
export function ResponseSection(props: { attempt: RequestAttempt; query: UseQueryResult<EndpointResponse> }) {
  const isOver = () => props.attempt.status.type === "successful" || props.attempt.status.type === "failed";
  return (
    <Section
      title="Response"
      aside={
        <Show when={props.query.isSuccess && props.query.data.elapsed_time_ms !== null}>
          <span class="tabular text-sm text-ink-3">
            {formatDuration(props.query.data?.elapsed_time_ms ?? 0)}
          </span>
        </Show>
      }
    >
      <Show
        when={props.attempt.response_id}
        fallback={
          <p class="text-ink-2">{isOver() ? "Nothing was sent, so there is no answer." : "No answer yet."}</p>
        }
      >
        <QueryView query={props.query} skeleton={<BlockSkeleton class="h-28" />}>
          {(response) => (
            <div class="flex flex-col gap-3">
              <Show when={response().headers}>{(headers) => <Headers headers={headers()} />}</Show>
              <Payload
                label={response().http_code === null ? "error" : "response body"}
                payload={readText(response().body ?? "")}
              />
            </div>
          )}
        </QueryView>
      </Show>
    </Section>
  );
}

/** What was sent: the subscription's target and headers as they are now, and the event's payload. */
export function RequestSection(props: { attempt: RequestAttempt; event: UseQueryResult<EventWithPayload> }) {
  const subscription = useQuery(() => ({
    ...queries.subscription(props.attempt.subscription.subscription_id),
    retry: false,
  }));
  const target = () => (subscription.isSuccess ? subscription.data.target : undefined);
  const headers = (event: EventWithPayload): Record<string, string> => ({
    ...target()?.headers,
    "content-type": event.payload_content_type.replace("+base64", ""),
    "x-event-id": props.attempt.event_id,
    "x-event-type": props.attempt.event.event_type_name,
  });
  return (
    <Section
      title="Request"
      aside={
        <Show when={target() && props.event.isSuccess && props.event.data}>
          {(event) => (
            <CopyButton
              label="Copy as curl, without the signature"
              class="inline-flex min-h-8 items-center gap-1.5 rounded-md px-2 text-sm text-ink-3 hover:bg-sunken hover:text-ink"
              text={toDeliveryCurl({
                method: target()?.method ?? "POST",
                url: target()?.url ?? "",
                headers: headers(event()),
                body: readPayload(event().payload).text,
              })}
            >
              Copy as curl
            </CopyButton>
          )}
        </Show>
      }
    >
      <QueryView query={props.event} skeleton={<BlockSkeleton class="h-28" />}>
        {(event) => (
          <div class="flex flex-col gap-3">
            <p class="text-sm break-all">
              <Show
                when={target()}
                fallback={
                  <span class="text-ink-3">The subscription has been deleted: its address is not known.</span>
                }
              >
                {(known) => (
                  <code>
                    <strong>{known().method}</strong> {known().url}
                  </code>
                )}
              </Show>
            </p>
            <Headers headers={headers(event())} />
            <Payload label="payload" payload={readPayload(event().payload)} />
          </div>
        )}
      </QueryView>
    </Section>
  );
}

const SENSITIVE = /authorization|cookie|secret|token|key|signature/i;

function Headers(props: { headers: Readonly<Record<string, string>> }) {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <div class="overflow-x-auto text-xs">
      <table class="w-full text-left">
        <caption class="sr-only">Headers</caption>
        <tbody>
          <For each={Object.entries(props.headers)}>
            {([name, value]) => (
              <tr>
                <th
                  scope="row"
                  class="w-0 py-0.5 pr-4 align-top font-mono font-normal whitespace-nowrap text-ink-3"
                >
                  {name}
                </th>
                <td class="py-0.5 font-mono break-all">
                  <Show when={!SENSITIVE.test(name) || isOpen()} fallback="••••••••">
                    {value}
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <Show when={Object.keys(props.headers).some((name) => SENSITIVE.test(name))}>
        <button
          type="button"
          aria-pressed={isOpen()}
          class="min-h-6 text-accent-ink hover:underline"
          onClick={() => setOpen(!isOpen())}
        >
          {isOpen() ? "Hide" : "Show"} sensitive headers
        </button>
      </Show>
    </div>
  );
}

import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { caughtRequests, type CaughtRequest } from "../../data/local.ts";
import { readText } from "../../lib/payload.ts";
import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { InboxIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { Payload } from "../../ui/Payload.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";

const POLL_MS = 2_000;

/** What was delivered to the stack's own endpoint, newest first. */
export default function Inspector() {
  const client = useQueryClient();
  const query = useQuery(() => ({ ...caughtRequests(), refetchInterval: POLL_MS }));
  const [shown, setShown] = createSignal<string>();
  const keyOf = (request: CaughtRequest) => `${request.received_at} ${request.headers["x-event-id"] ?? ""}`;
  const forget = async () => {
    await fetch("/inspector", { method: "DELETE" });
    await client.invalidateQueries({ queryKey: ["inspector"] });
  };
  return (
    <>
      <PageHeader
        title="Inspector"
        description={
          <span class="inline-flex flex-wrap items-center gap-1">
            Point a subscription at <code class="text-xs">{location.origin}/inspector</code>
            <CopyButton text={`${location.origin}/inspector`} label="Copy the inspector's address" /> to see
            what your own endpoint would get.
          </span>
        }
        actions={<Button onClick={() => void forget()}>Clear</Button>}
      />
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton rows={4} />}
          isEmpty={(rows) => (rows ?? []).length === 0}
          empty={
            <Empty icon={<InboxIcon size={20} />} title="Nothing has come yet">
              Send an event, from the dashboard or with the curl that <code>npm start</code> printed. It shows
              up here within a second.
            </Empty>
          }
        >
          {(rows) => (
            <ul class="divide-y divide-line">
              <For each={rows()}>
                {(request, index) => {
                  const isOpen = () => (shown() === undefined ? index() === 0 : shown() === keyOf(request));
                  return (
                    <li>
                      <button
                        type="button"
                        data-row
                        aria-expanded={isOpen()}
                        class="flex min-h-12 w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-left text-sm hover:bg-sunken"
                        onClick={() => setShown(isOpen() ? "" : keyOf(request))}
                      >
                        <code class="w-12 text-xs font-semibold">{request.method}</code>
                        <span class="min-w-40 flex-1 font-medium">
                          {request.headers["x-event-type"] ?? request.path}
                        </span>
                        <span class="text-ink-2">
                          <Time at={request.received_at} />
                        </span>
                      </button>
                      <Show when={isOpen()}>
                        <div class="grid gap-4 bg-canvas p-4 lg:grid-cols-2">
                          <dl class="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 self-start font-mono text-xs">
                            <For each={Object.entries(request.headers)}>
                              {([name, value]) => (
                                <>
                                  <dt class="text-ink-3">{name}</dt>
                                  <dd class="break-all">{value}</dd>
                                </>
                              )}
                            </For>
                          </dl>
                          <Payload label="body" payload={readText(request.body)} />
                        </div>
                      </Show>
                    </li>
                  );
                }}
              </For>
            </ul>
          )}
        </QueryView>
      </div>
    </>
  );
}

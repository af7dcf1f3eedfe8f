import { A } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import type { RequestAttempt } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { formatDuration } from "../../lib/duration.ts";
import { useScope } from "../../shell/scope.ts";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { Status } from "../../ui/Status.tsx";
import { Time } from "../../ui/Time.tsx";

const POLL_MS = 2_000;

/** Every try to bring this event to this subscription, oldest first. */
export function Timeline(props: { attempt: RequestAttempt }) {
  const scope = useScope();
  const query = useQuery(() => ({
    ...queries.attempts(scope.app(), {
      event_id: props.attempt.event_id,
      subscription_id: props.attempt.subscription.subscription_id,
    }),
    refetchInterval: POLL_MS,
  }));
  return (
    <QueryView query={query} skeleton={<BlockSkeleton class="h-24" />}>
      {(page) => (
        <ol class="flex flex-col">
          <For each={page().rows.toReversed()}>
            {(one) => (
              <li class="relative border-l border-line-strong pb-4 pl-4 last:pb-0">
                <span
                  class="absolute top-1.5 -left-[5px] size-[9px] rounded-full border-2 border-surface"
                  classList={{
                    "bg-ok-mark": one.status.type === "successful",
                    "bg-bad-mark": one.status.type === "failed",
                    "bg-wait-mark": one.status.type === "waiting",
                    "bg-accent": one.status.type === "pending" || one.status.type === "in_progress",
                  }}
                />
                <A
                  href={scope.appPath(`/attempts/${one.request_attempt_id}`)}
                  aria-current={
                    one.request_attempt_id === props.attempt.request_attempt_id ? "true" : undefined
                  }
                  class="-mx-2 flex flex-col gap-0.5 rounded-md px-2 py-0.5 hover:bg-sunken aria-[current]:bg-accent-soft"
                >
                  <span class="flex items-center justify-between gap-2">
                    <Status
                      type={one.status.type}
                      detail={
                        one.http_response_status === null ? undefined : String(one.http_response_status)
                      }
                    />
                    <Time at={momentOf(one)} class="text-xs whitespace-nowrap text-ink-2" />
                  </span>
                  <span class="text-xs text-ink-2">
                    Try {one.retry_count + 1}
                    <Show when={processingMs(one)}>
                      {(ms) => <> · {formatDuration(ms())} from due to done</>}
                    </Show>
                  </span>
                </A>
              </li>
            )}
          </For>
        </ol>
      )}
    </QueryView>
  );
}

/** When it ended; when it is due, for one that waits; else when it began. */
function momentOf({ status, created_at }: RequestAttempt): string {
  if (status.type === "waiting") return status.until;
  return status.type === "successful" || status.type === "failed" ? status.at : created_at;
}

function processingMs({ status }: RequestAttempt): number | undefined {
  return status.type === "successful" || status.type === "failed" ? status.full_processing_ms : undefined;
}

import { Match, Show, Switch } from "solid-js";
import type { Erasure } from "../../data/api.ts";
import { Badge, type Look } from "../../ui/Status.tsx";
import { Labels } from "../../ui/Facts.tsx";
import { DeliveredIcon, PendingIcon } from "../../ui/icons.ts";
import { Time } from "../../ui/Time.tsx";

const looks: Readonly<Record<Erasure["state"], Look>> = {
  running: { label: "Erasing", icon: PendingIcon, class: "bg-accent-soft text-accent-ink" },
  completed: { label: "Completed", icon: DeliveredIcon, class: "bg-ok-soft text-ok" },
};

/** What an erasure is about, as far as that may be kept, and what is gone. */
export function ErasureRow(props: { erasure: Erasure }) {
  const counted = (count: number, one: string) => `${count.toLocaleString()} ${one}${count === 1 ? "" : "s"}`;
  return (
    <div class="flex flex-col gap-1">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge look={looks[props.erasure.state]} />
        <h2 class="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 text-sm font-medium">
          <Switch fallback="Events with labels that are forgotten now">
            <Match when={props.erasure.all_events}>All events until then</Match>
            <Match when={props.erasure.labels}>
              {(labels) => (
                <>
                  Events with <Labels labels={labels()} />
                </>
              )}
            </Match>
          </Switch>
        </h2>
        <Time at={props.erasure.created_at} class="text-xs whitespace-nowrap text-ink-3" />
      </div>
      <p class="tabular text-sm text-ink-2">
        {counted(props.erasure.events_erased, "event")} and{" "}
        {counted(props.erasure.attempts_erased, "attempt")} erased
        <Show when={props.erasure.ended_at}>
          {(at) => (
            <>
              ; done <Time at={at()} />
            </>
          )}
        </Show>
      </p>
    </div>
  );
}

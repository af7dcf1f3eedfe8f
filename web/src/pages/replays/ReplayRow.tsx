import { Show } from "solid-js";
import type { Replay } from "../../data/api.ts";
import { Badge, type Look } from "../../ui/Status.tsx";
import { Button } from "../../ui/Button.tsx";
import { Labels } from "../../ui/Facts.tsx";
import { DeliveredIcon, FailedIcon, PendingIcon, WaitingIcon } from "../../ui/icons.ts";
import { Time } from "../../ui/Time.tsx";
import { expectedWords, statusWords } from "./replay-words.ts";

export type ReplayChange = "pause" | "resume" | "cancel";

const looks: Readonly<Record<Replay["state"], Look>> = {
  running: { label: "Running", icon: PendingIcon, class: "bg-accent-soft text-accent-ink" },
  paused: { label: "Paused", icon: WaitingIcon, class: "bg-wait-soft text-wait" },
  completed: { label: "Completed", icon: DeliveredIcon, class: "bg-ok-soft text-ok" },
  cancelled: { label: "Cancelled", icon: FailedIcon, class: "bg-sunken text-ink-2" },
};

interface ReplayRowProps {
  readonly replay: Replay;
  readonly subscriptionName: (id: string) => string;
  readonly mayEdit: boolean;
  readonly onChange: (change: ReplayChange) => void;
}

/** What a replay sends again, how far it is, and what can be done about it. */
export function ReplayRow(props: ReplayRowProps) {
  const state = () => props.replay.state;
  const isOpen = () => state() === "running" || state() === "paused";
  return (
    <div class="flex flex-col gap-2">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge look={looks[state()]} />
        <h2 class="min-w-0 flex-1 text-sm font-medium">{statusWords(props.replay.filter.status)}</h2>
        <Time at={props.replay.created_at} class="text-xs whitespace-nowrap text-ink-3" />
      </div>
      <Filter replay={props.replay} subscriptionName={props.subscriptionName} />
      <div class="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <Progress replay={props.replay} />
        <Show when={props.mayEdit && isOpen()}>
          <div class="flex gap-2">
            <Button
              class="min-h-8 px-2"
              onClick={() => props.onChange(state() === "paused" ? "resume" : "pause")}
            >
              {state() === "paused" ? "Resume" : "Pause"}
            </Button>
            <Button look="danger" class="min-h-8 px-2" onClick={() => props.onChange("cancel")}>
              Cancel…
            </Button>
          </div>
        </Show>
      </div>
    </div>
  );
}

function Filter(props: Pick<ReplayRowProps, "replay" | "subscriptionName">) {
  const filter = () => props.replay.filter;
  const parts = () =>
    [
      filter().subscription_id && `for ${props.subscriptionName(filter().subscription_id ?? "")}`,
      filter().event_type_names?.length && `of type ${filter().event_type_names?.join(", ")}`,
      filter().min_received_at && `received since ${instant(filter().min_received_at ?? "")}`,
      // Left out, it is the moment at which the job was made.
      filter().max_received_at < props.replay.created_at && `until ${instant(filter().max_received_at)}`,
    ].filter(Boolean);
  return (
    <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
      <span class="min-w-0 break-words">{parts().join(", ") || "any type, any subscription"}</span>
      <Show when={filter().labels}>{(labels) => <Labels labels={labels()} />}</Show>
    </div>
  );
}

function Progress(props: { replay: Replay }) {
  const made = () => props.replay.attempts_made;
  const percent = () =>
    props.replay.state === "completed"
      ? 100
      : Math.min(100, Math.round((made() / Math.max(1, props.replay.attempts_expected)) * 100));
  return (
    <div class="min-w-48 flex-1">
      <div
        role="progressbar"
        aria-label="Progress"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow={percent()}
        class="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          class="h-full rounded-full"
          classList={{
            "bg-ok-mark": props.replay.state === "completed",
            "bg-accent": props.replay.state !== "completed",
          }}
          style={{ width: `${percent()}%` }}
        />
      </div>
      <p class="tabular mt-1 text-xs text-ink-3">
        {made().toLocaleString()} of {expectedWords(props.replay)} expected, at most{" "}
        {props.replay.attempts_per_second.toLocaleString()} a second
        <Show when={props.replay.state === "running" && props.replay.replayed_until}>
          {(until) => (
            <>
              ; at events of <Time at={until()} />
            </>
          )}
        </Show>
        <Show when={props.replay.ended_at}>
          {(at) => (
            <>
              ; ended <Time at={at()} />
            </>
          )}
        </Show>
      </p>
    </div>
  );
}

const instant = (at: string) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

import { Dynamic } from "solid-js/web";
import type { RequestAttempt } from "../data/api.ts";
import { DeliveredIcon, FailedIcon, PendingIcon, WaitingIcon } from "./icons.ts";

type Type = RequestAttempt["status"]["type"];

/** By shape and word as much as by colour. */
const looks = {
  successful: { label: "Delivered", icon: DeliveredIcon, class: "bg-ok-soft text-ok" },
  failed: { label: "Failed", icon: FailedIcon, class: "bg-bad-soft text-bad" },
  waiting: { label: "Waiting", icon: WaitingIcon, class: "bg-wait-soft text-wait" },
  pending: { label: "Queued", icon: PendingIcon, class: "bg-accent-soft text-accent-ink" },
  in_progress: { label: "Sending", icon: PendingIcon, class: "bg-accent-soft text-accent-ink" },
} satisfies Record<Type, unknown>;

export function Status(props: { type: Type; detail?: string | undefined }) {
  return (
    <span
      class={`inline-flex items-center gap-1.5 rounded-full py-0.5 pr-2.5 pl-1.5 text-xs font-medium whitespace-nowrap ${looks[props.type].class}`}
    >
      <Dynamic component={looks[props.type].icon} size={14} aria-hidden="true" />
      {looks[props.type].label}
      {props.detail && (
        <span class="tabular font-normal" classList={{ "max-sm:hidden": props.type === "waiting" }}>
          {props.detail}
        </span>
      )}
    </span>
  );
}

import type { Component, JSX } from "solid-js";
import { Dynamic } from "solid-js/web";
import type { RequestAttempt } from "../data/api.ts";
import { DeliveredIcon, FailedIcon, PendingIcon, WaitingIcon } from "./icons.ts";

export interface Look {
  readonly label: string;
  readonly icon: Component<{ size?: number; "aria-hidden"?: "true" }>;
  /** Its colours. */
  readonly class: string;
}

/** A state, by shape and word as much as by colour. */
export function Badge(props: { look: Look; children?: JSX.Element }) {
  return (
    <span
      class={`inline-flex items-center gap-1.5 rounded-full py-0.5 pr-2.5 pl-1.5 text-xs font-medium whitespace-nowrap ${props.look.class}`}
    >
      <Dynamic component={props.look.icon} size={14} aria-hidden="true" />
      {props.look.label}
      {props.children}
    </span>
  );
}

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
    <Badge look={looks[props.type]}>
      {props.detail && (
        <span class="tabular font-normal" classList={{ "max-sm:hidden": props.type === "waiting" }}>
          {props.detail}
        </span>
      )}
    </Badge>
  );
}

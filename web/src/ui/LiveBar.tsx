import { Show } from "solid-js";
import { now } from "../lib/clock.ts";
import { formatRelative } from "../lib/duration.ts";

interface LiveBarProps {
  readonly isLive: boolean;
  readonly onToggle: () => void;
  readonly arrived: number;
  readonly onShow: () => void;
  readonly updatedAt: number;
}

/** How fresh a list is, whether it follows what happens, and what has come since. */
export function LiveBar(props: LiveBarProps) {
  return (
    <div class="flex min-h-9 flex-wrap items-center gap-3 text-sm text-ink-3">
      <button
        type="button"
        aria-pressed={props.isLive}
        onClick={() => props.onToggle()}
        class="inline-flex min-h-8 items-center gap-2 rounded-full border border-line-strong bg-surface px-3 text-ink-2 hover:bg-sunken"
      >
        <span
          class="size-2 rounded-full"
          classList={{ "bg-ok-mark": props.isLive, "bg-line-strong": !props.isLive }}
        />
        {props.isLive ? "Live" : "Paused"}
      </button>
      <Show when={props.updatedAt > 0 && !props.isLive}>
        <span class="tabular">Read {formatRelative(props.updatedAt, now())}</span>
      </Show>
      <div role="status" class="contents">
        <Show when={props.arrived > 0}>
          <button
            type="button"
            onClick={() => props.onShow()}
            class="tabular inline-flex min-h-8 items-center rounded-full bg-accent px-3 text-sm font-medium text-on-accent hover:bg-accent-hover"
          >
            {props.arrived} new
          </button>
        </Show>
      </div>
    </div>
  );
}

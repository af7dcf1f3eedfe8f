import { Show } from "solid-js";
import { CopyButton } from "./CopyButton.tsx";

/** An id, cut in the middle where both ends are what a person compares, with a button that copies it whole. */
export function Id(props: { value: string; full?: boolean; copy?: boolean; what?: string }) {
  return (
    <span class="inline-flex items-center gap-1">
      <code
        class="text-xs"
        classList={{ "break-all": props.full, "whitespace-nowrap": !props.full }}
        title={props.value}
      >
        {props.full ? props.value : `${props.value.slice(0, 8)}…${props.value.slice(-6)}`}
      </code>
      <Show when={props.copy !== false}>
        <CopyButton text={props.value} label={`Copy ${props.what ?? "id"} ${props.value}`} />
      </Show>
    </span>
  );
}

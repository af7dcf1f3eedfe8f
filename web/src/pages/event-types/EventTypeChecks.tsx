import { For } from "solid-js";

/** Boxes to tick, one an event type, in a form: its `event_types`. */
export function EventTypeChecks(props: { names: readonly string[]; isChecked: (name: string) => boolean }) {
  return (
    <div class="max-h-56 overflow-y-auto rounded-md border border-line-strong p-2">
      <For each={props.names} fallback={<p class="text-sm text-ink-3">Create an event type first.</p>}>
        {(name) => (
          <label class="flex min-h-8 items-center gap-2 rounded px-1 text-sm hover:bg-sunken">
            <input
              type="checkbox"
              name="event_types"
              value={name}
              checked={props.isChecked(name)}
              class="size-4 accent-accent"
            />
            <code class="text-xs">{name}</code>
          </label>
        )}
      </For>
    </div>
  );
}

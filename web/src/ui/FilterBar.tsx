import { For, Show, type JSX } from "solid-js";
import { CloseIcon } from "./icons.ts";

export function FilterBar(props: { children: JSX.Element; active: number; onClear: () => void }) {
  return (
    <div role="search" class="mb-3 grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center">
      {props.children}
      <Show when={props.active > 0}>
        <button
          type="button"
          onClick={() => props.onClear()}
          class="inline-flex min-h-9 items-center gap-1 rounded-md px-2 text-sm text-ink-2 hover:bg-sunken"
        >
          <CloseIcon size={14} /> Clear
        </button>
      </Show>
    </div>
  );
}

interface FilterSelectProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string | undefined) => void;
}

export function FilterSelect(props: FilterSelectProps) {
  return (
    <select
      aria-label={props.label}
      class="field pr-8 sm:w-auto sm:max-w-56"
      classList={{ "border-accent! bg-accent-soft! text-accent-ink!": props.value !== undefined }}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    >
      <option value="" selected={props.value === undefined}>
        {props.label}: any
      </option>
      <For each={props.options}>
        {([value, label]) => (
          <option value={value} selected={props.value === value}>
            {label}
          </option>
        )}
      </For>
    </select>
  );
}

interface FilterTextProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly pattern?: string;
  readonly title?: string;
}

/** Applied on Enter or when left, not at every key: each value is an entry of the browser's history. */
export function FilterText(props: FilterTextProps) {
  return (
    <input
      data-filter
      type="search"
      aria-label={props.label}
      placeholder={props.label}
      title={props.title}
      class="field sm:w-64"
      value={props.value ?? ""}
      pattern={props.pattern}
      onChange={(event) => {
        if (event.currentTarget.reportValidity())
          props.onChange(event.currentTarget.value.trim() || undefined);
      }}
    />
  );
}

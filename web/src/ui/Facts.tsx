import { For, type JSX } from "solid-js";

/** Names with their values, aligned. */
export function Facts(props: { facts: readonly (readonly [name: string, value: JSX.Element])[] }) {
  return (
    <dl class="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2 text-sm">
      <For each={props.facts}>
        {([name, value]) => (
          <>
            <dt class="text-ink-3">{name}</dt>
            <dd class="min-w-0 break-words">{value}</dd>
          </>
        )}
      </For>
    </dl>
  );
}

export function Section(props: {
  title: string;
  aside?: JSX.Element;
  children: JSX.Element;
  class?: string;
}) {
  return (
    <section class={`card min-w-0 ${props.class ?? ""}`}>
      <div class="flex min-h-12 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 class="text-sm font-semibold">{props.title}</h2>
        {props.aside}
      </div>
      <div class="p-4">{props.children}</div>
    </section>
  );
}

export function Labels(props: { labels: Readonly<Record<string, string>> }) {
  return (
    <span class="flex flex-wrap gap-1">
      <For each={Object.entries(props.labels)}>
        {([key, value]) => (
          <code class="rounded bg-sunken px-1.5 py-0.5 text-xs text-ink-2">
            {key}={value}
          </code>
        )}
      </For>
    </span>
  );
}

import { For } from "solid-js";

/** Lines of the height of a list's rows. */
export function RowsSkeleton(props: { rows?: number }) {
  return (
    <div aria-busy="true" class="divide-y divide-line">
      <span class="sr-only">Loading</span>
      <For each={Array.from({ length: props.rows ?? 8 })}>
        {() => (
          <div class="flex h-[49px] items-center gap-6 px-4">
            <div class="skeleton h-4 w-24" />
            <div class="skeleton h-4 flex-1" />
            <div class="skeleton h-4 w-16" />
          </div>
        )}
      </For>
    </div>
  );
}

export function BlockSkeleton(props: { class: string }) {
  return <div aria-busy="true" class={`skeleton ${props.class}`} />;
}

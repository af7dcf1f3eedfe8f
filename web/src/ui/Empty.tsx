import type { JSX } from "solid-js";

/** An empty list: what would be here, why it is not, and the next step. */
export function Empty(props: {
  icon: JSX.Element;
  title: string;
  children: JSX.Element;
  action?: JSX.Element;
}) {
  return (
    <div class="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <div class="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
        {props.icon}
      </div>
      <h2 class="text-lg font-semibold">{props.title}</h2>
      <div class="max-w-md text-ink-2">{props.children}</div>
      {props.action}
    </div>
  );
}

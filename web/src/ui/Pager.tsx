import { Show } from "solid-js";
import { Button } from "./Button.tsx";

interface PagerProps {
  /** Where this page starts; null on the first. */
  readonly cursor: string | undefined;
  readonly next: string | null;
  readonly shown: number;
  readonly onGo: (cursor: string | undefined) => void;
}

/** Pages by cursor: the one after this, and back to the newest. Back in the browser is the page before. */
export function Pager(props: PagerProps) {
  return (
    <nav
      aria-label="Pages"
      class="flex items-center justify-between gap-2 border-t border-line px-4 py-2 text-sm text-ink-3"
    >
      <span class="tabular">{props.shown} shown</span>
      <div class="flex gap-2">
        <Show when={props.cursor}>
          <Button onClick={() => props.onGo(undefined)}>Newest</Button>
        </Show>
        <Show when={props.next}>{(next) => <Button onClick={() => props.onGo(next())}>Older</Button>}</Show>
      </div>
    </nav>
  );
}

import { createSignal, Show, type JSX } from "solid-js";
import { CheckIcon, CopyIcon } from "./icons.ts";
import { toast } from "./Toasts.tsx";

const SHOWN_MS = 1_500;

/** Copies a text; the mark turns into a tick for a moment. */
export function CopyButton(props: { text: string; label: string; class?: string; children?: JSX.Element }) {
  const [isCopied, setIsCopied] = createSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(props.text);
    setIsCopied(true);
    toast("Copied.");
    setTimeout(() => setIsCopied(false), SHOWN_MS);
  };
  return (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      class={
        props.class ??
        "relative z-10 inline-grid size-6 place-items-center rounded text-ink-3 hover:bg-sunken hover:text-ink"
      }
      onClick={() => void copy()}
    >
      <Show when={isCopied()} fallback={<CopyIcon size={14} />}>
        <CheckIcon size={14} class="text-ok" />
      </Show>
      {props.children}
    </button>
  );
}

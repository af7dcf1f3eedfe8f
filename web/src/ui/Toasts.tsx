import { createSignal, For } from "solid-js";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

const SHOWN_MS = 5_000;
const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
let lastId = 0;

/** Says a result, to eyes and to screen readers, for five seconds. */
export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = ++lastId;
  setToasts((all) => [...all, { id, text, tone }].slice(-3));
  setTimeout(() => setToasts((all) => all.filter((one) => one.id !== id)), SHOWN_MS);
}

/** The same, for what was thrown. */
export function toastError(error: unknown): void {
  toast(error instanceof Error ? error.message : String(error), "bad");
}

export function Toasts() {
  return (
    <div
      role="status"
      aria-live="polite"
      class="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2"
    >
      <For each={toasts()}>
        {(one) => (
          <p
            class="pointer-events-auto max-w-lg rounded-lg border border-line bg-ink px-4 py-2 text-sm text-canvas shadow-pop"
            classList={{ "border-l-4 border-l-bad-mark": one.tone === "bad" }}
          >
            {one.text}
          </p>
        )}
      </For>
    </div>
  );
}

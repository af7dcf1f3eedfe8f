import { For } from "solid-js";
import { Dialog } from "../ui/Dialog.tsx";

const keys = [
  ["Ctrl K", "Go to a page, act, or find an id"],
  ["/", "Filter the list"],
  ["j  k", "Next, previous row"],
  ["Enter", "Open the row"],
  ["r", "Retry the delivery of the row"],
  ["?", "This sheet"],
  ["Esc", "Close what is on top"],
] as const;

export default function ShortcutSheet(props: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" open onClose={props.onClose}>
      <dl class="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 text-sm">
        <For each={keys}>
          {([key, meaning]) => (
            <>
              <dt>
                <kbd class="rounded border border-line-strong bg-sunken px-2 py-0.5 text-xs">{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </>
          )}
        </For>
      </dl>
    </Dialog>
  );
}

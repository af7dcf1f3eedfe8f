import { createEffect, createUniqueId, onCleanup, Show, type JSX } from "solid-js";
import { Button } from "./Button.tsx";
import { CloseIcon } from "./icons.ts";

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: JSX.Element;
}

/** A modal over the page. Native: Escape closes it, the focus stays inside and returns to where it was. */
export function Dialog(props: DialogProps) {
  const id = createUniqueId();
  let dialog: HTMLDialogElement | undefined;
  createEffect(() => {
    if (props.open && !dialog?.open) dialog?.showModal();
    if (!props.open && dialog?.open) dialog.close();
  });
  onCleanup(() => dialog?.close());
  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-labelledby={id}
      onClose={() => props.onClose()}
      closedby="any"
      class="m-auto w-[min(34rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-0 shadow-pop"
    >
      <Show when={props.open}>
        <div class="flex items-center justify-between gap-4 border-b border-line px-5 py-3">
          <h2 id={id} class="text-lg font-semibold">
            {props.title}
          </h2>
          <Button look="quiet" class="px-2" aria-label="Close" onClick={() => props.onClose()}>
            <CloseIcon size={16} />
          </Button>
        </div>
        <div class="p-5">{props.children}</div>
      </Show>
    </dialog>
  );
}

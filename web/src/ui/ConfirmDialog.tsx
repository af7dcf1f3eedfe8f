import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { TextField } from "./Field.tsx";
import { FormFailure } from "./Failure.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly consequence: string;
  /** To be typed before the action is possible. */
  readonly name?: string;
  readonly action: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [typed, setTyped] = createSignal("");
  const confirm = useMutation(() => ({
    mutationFn: () => props.onConfirm(),
    onSuccess: () => close(),
    onError: () => setTyped(""),
  }));
  const close = () => {
    // One that is under way goes on, and is still to say how it ended.
    if (confirm.isError) confirm.reset();
    setTyped("");
    props.onClose();
  };
  return (
    <Dialog title={props.title} open={props.open} onClose={close}>
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <p class="text-ink-2">{props.consequence}</p>
        <Show when={props.name}>
          {(name) => (
            <TextField
              label={`Type “${name()}” to confirm`}
              value={typed()}
              onInput={(event) => setTyped(event.currentTarget.value)}
              autocomplete="off"
            />
          )}
        </Show>
        <FormFailure error={confirm.error} />
        <div class="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button
            type="submit"
            look="danger"
            busy={confirm.isPending}
            disabled={props.name !== undefined && typed() !== props.name}
          >
            {props.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

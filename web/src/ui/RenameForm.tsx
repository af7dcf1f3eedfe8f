import { createSignal } from "solid-js";
import { fieldMessages } from "../data/problem.ts";
import { Button } from "./Button.tsx";
import { FormFailure } from "./Failure.tsx";
import { formText } from "../lib/form.ts";
import { TextField } from "./Field.tsx";

/** One name, 2 to 50 characters, and a button that saves it. */
export function RenameForm(props: {
  name: string;
  onSave: (name: string) => Promise<unknown>;
  action?: string;
}) {
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const save = async (form: HTMLFormElement) => {
    setBusy(true);
    setError(undefined);
    try {
      await props.onSave(formText(new FormData(form), "name"));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <TextField
        label="Name"
        name="name"
        value={props.name}
        required
        minlength="2"
        maxlength="50"
        autocomplete="off"
        error={fieldMessages(error(), "name")}
      />
      <FormFailure error={error()} />
      <div>
        <Button type="submit" look="primary" busy={busy()}>
          {props.action ?? "Save"}
        </Button>
      </div>
    </form>
  );
}

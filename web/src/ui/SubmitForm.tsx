import { createSignal, type JSX } from "solid-js";
import { Button } from "../../ui/Button.tsx";
import { formText } from "../../lib/form.ts";
import { FormFailure } from "../../ui/Failure.tsx";

interface AccountFormProps {
  readonly action: string;
  readonly onSubmit: (values: (name: string) => string) => Promise<unknown>;
  /** Gets what the last try was refused with. */
  readonly children: (error: () => unknown) => JSX.Element;
}

/** A form that sends once and says why it was refused. */
export function AccountForm(props: AccountFormProps) {
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const submit = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    setBusy(true);
    setError(undefined);
    try {
      await props.onSubmit((name) => formText(data, name));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {props.children(error)}
      <FormFailure error={error()} />
      <Button type="submit" look="primary" busy={busy()}>
        {props.action}
      </Button>
    </form>
  );
}

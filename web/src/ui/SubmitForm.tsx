import { useMutation } from "@tanstack/solid-query";
import type { JSX } from "solid-js";
import { fieldMessages } from "../data/problem.ts";
import { formText } from "../lib/form.ts";
import { Button } from "./Button.tsx";
import { FormFailure } from "./Failure.tsx";

/** A field's name, and what is wrong with it; `at` is what the API calls it, when that is another name. */
type FieldOf = (name: string, at?: string) => { readonly name: string; readonly error: string | undefined };

interface SubmitFormProps {
  readonly action: string;
  /** Gets the trimmed text of each field. */
  readonly onSubmit: (value: (name: string) => string) => Promise<unknown>;
  /** The button is as wide as the form. */
  readonly stretch?: boolean;
  /** Gets what to give to each field. */
  readonly children: (field: FieldOf) => JSX.Element;
}

/** A form that sends once and says why it was refused. */
export function SubmitForm(props: SubmitFormProps) {
  const submit = useMutation(() => ({
    mutationFn: (form: HTMLFormElement) => {
      const data = new FormData(form);
      return props.onSubmit((name) => formText(data, name));
    },
  }));
  const field: FieldOf = (name, at = name) => ({
    name,
    get error() {
      return fieldMessages(submit.error, at);
    },
  });
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit.mutate(event.currentTarget);
      }}
    >
      {props.children(field)}
      <FormFailure error={submit.error} />
      <Button type="submit" look="primary" busy={submit.isPending} class={props.stretch ? "" : "self-start"}>
        {props.action}
      </Button>
    </form>
  );
}

import { createUniqueId, Show, type JSX } from "solid-js";

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Renders the control with what ties it to its label, hint and error. */
  readonly children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => JSX.Element;
}

/** A labelled control with its hint and what is wrong with it. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  const describedBy = () =>
    [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class="flex flex-col gap-1">
      <label for={id} class="text-sm font-medium">
        {props.label}
      </label>
      {props.children({
        id,
        get "aria-describedby"() {
          return describedBy();
        },
        get "aria-invalid"() {
          return props.error !== undefined;
        },
      })}
      <Show when={props.hint}>
        <p id={`${id}-hint`} class="text-xs text-ink-3">
          {props.hint}
        </p>
      </Show>
      <Show when={props.error}>
        <p id={`${id}-error`} class="text-xs font-medium text-bad">
          {props.error}
        </p>
      </Show>
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, "children"> & JSX.InputHTMLAttributes<HTMLInputElement>;

export function TextField(props: TextFieldProps) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(control) => {
        const { label: _label, hint: _hint, error: _error, ...input } = props;
        return <input {...input} {...control} class={`field ${props.class ?? ""}`} />;
      }}
    </Field>
  );
}

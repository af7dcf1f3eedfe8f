import { createUniqueId, Show, splitProps, type JSX } from "solid-js";

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
  const [own, input] = splitProps(props, ["label", "hint", "error", "class"]);
  return (
    <Field label={own.label} hint={own.hint} error={own.error}>
      {(control) => <input {...input} {...control} class={`field ${own.class ?? ""}`} />}
    </Field>
  );
}

type CheckFieldProps = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "type"> & {
  readonly label: string;
  /** What ticking it does. */
  readonly children: JSX.Element;
};

/** A box to tick, with what it means below its label. */
export function CheckField(props: CheckFieldProps) {
  const id = createUniqueId();
  const [own, input] = splitProps(props, ["label", "children"]);
  return (
    <div class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
      <input
        {...input}
        type="checkbox"
        id={id}
        aria-describedby={`${id}-meaning`}
        class="mt-0.5 size-4 accent-accent"
      />
      <label for={id} class="text-sm">
        {own.label}
      </label>
      <div id={`${id}-meaning`} class="col-start-2 text-xs text-ink-3">
        {own.children}
      </div>
    </div>
  );
}

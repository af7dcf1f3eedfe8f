import { isPattern } from "#core/event-type-pattern.ts";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { formatLabels, parseLabels } from "../../lib/labels.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { formText } from "../../lib/form.ts";
import { Field, TextField } from "../../ui/Field.tsx";

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"] as const;

const limits = [
  ["timeout_seconds", "Timeout, seconds", 30],
  ["rate_limit_per_second", "Requests a second", 1_000],
  ["concurrency_limit", "At the same time", 1_000],
] as const;

/** What a subscription is made or replaced with. */
export interface SubscriptionInput {
  application_id: string;
  is_enabled: boolean;
  event_types: string[];
  description: string | null;
  metadata: Record<string, string>;
  labels: Record<string, string>;
  target: {
    type: "http";
    method: "GET" | "PATCH" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "HEAD";
    url: string;
    headers: Record<string, string>;
  };
  signatures: Subscription["signatures"];
  retry_policy: Subscription["retry_policy"];
  timeout_seconds: number | null;
  rate_limit_per_second: number | null;
  concurrency_limit: number | null;
  forward_trace_context: boolean;
  dedicated_workers: string[];
}

interface SubscriptionFormProps {
  readonly subscription?: Subscription;
  readonly url?: string;
  readonly action: string;
  readonly onSave: (input: SubscriptionInput) => Promise<unknown>;
}

export function SubscriptionForm(props: SubscriptionFormProps) {
  const scope = useScope();
  const eventTypes = useQuery(() => queries.eventTypes(scope.app()));
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const selected = () => props.subscription?.event_types ?? [];
  const offered = () => {
    const known = eventTypes.isSuccess ? eventTypes.data.map((type) => type.event_type_name) : [];
    return [...new Set([...known, ...selected().filter((selector) => !isPattern(selector))])];
  };

  const save = async (form: HTMLFormElement) => {
    setBusy(true);
    setError(undefined);
    try {
      await props.onSave(readForm(new FormData(form), scope.app(), props.subscription));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <TextField
        label="Name"
        name="description"
        hint="What your people call this customer or system."
        maxlength="100"
        value={props.subscription?.description ?? ""}
        error={fieldMessages(error(), "description")}
      />
      <div class="grid gap-3 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Field label="Method" error={fieldMessages(error(), "target.method")}>
          {(control) => (
            <select {...control} name="method" class="field">
              <For each={METHODS}>
                {(method) => (
                  <option selected={props.subscription?.target.method === method}>{method}</option>
                )}
              </For>
            </select>
          )}
        </Field>
        <TextField
          label="Endpoint"
          name="url"
          type="url"
          required
          placeholder="https://example.com/webhooks"
          value={props.subscription?.target.url ?? props.url ?? ""}
          error={fieldMessages(error(), "target.url")}
        />
      </div>
      <fieldset class="flex flex-col gap-1">
        <legend class="mb-1 text-sm font-medium">Event types</legend>
        <div class="max-h-56 overflow-y-auto rounded-md border border-line-strong p-2">
          <For each={offered()} fallback={<p class="text-sm text-ink-3">Create an event type first.</p>}>
            {(name) => (
              <label class="flex min-h-8 items-center gap-2 rounded px-1 text-sm hover:bg-sunken">
                <input
                  type="checkbox"
                  name="event_types"
                  value={name}
                  checked={props.subscription ? selected().includes(name) : offered().length === 1}
                  class="size-4 accent-accent"
                />
                <code class="text-xs">{name}</code>
              </label>
            )}
          </For>
        </div>
        <input
          name="patterns"
          aria-label="Patterns of event types"
          class="field mt-1 font-mono text-xs"
          placeholder="order.*.paid, order.**"
          value={selected().filter(isPattern).join(", ")}
        />
        <p class="text-xs text-ink-3">
          Or patterns: * stands for one part, ** for one or more. They also fit types created later.
        </p>
        <Show when={fieldMessages(error(), "event_types")}>
          {(message) => <p class="text-xs font-medium text-bad">{message()}</p>}
        </Show>
      </fieldset>
      <Field
        label="Labels"
        hint="One key=value a line. Only events that carry all of these are sent here."
        error={fieldMessages(error(), "labels")}
      >
        {(control) => (
          <textarea
            {...control}
            name="labels"
            rows="2"
            required
            class="field font-mono text-xs"
            value={formatLabels(props.subscription?.labels ?? { environment: "local" })}
          />
        )}
      </Field>
      <Field
        label="Headers"
        hint="Sent with every delivery, one name=value a line. Optional."
        error={fieldMessages(error(), "target.headers")}
      >
        {(control) => (
          <textarea
            {...control}
            name="headers"
            rows="2"
            class="field font-mono text-xs"
            value={formatLabels(props.subscription?.target.headers ?? {})}
          />
        )}
      </Field>
      <details>
        <summary class="w-max rounded py-1 text-sm font-medium">Limits</summary>
        <div class="mt-2 grid gap-3 sm:grid-cols-3">
          <For each={limits}>
            {([name, label, max]) => (
              <TextField
                label={label}
                name={name}
                type="number"
                min="1"
                max={max}
                placeholder="default"
                value={props.subscription?.[name] ?? ""}
                error={fieldMessages(error(), name)}
              />
            )}
          </For>
        </div>
      </details>
      <label class="flex min-h-8 items-center gap-2 text-sm">
        <input
          type="checkbox"
          name="is_enabled"
          class="size-4 accent-accent"
          checked={props.subscription?.is_enabled ?? true}
        />
        Enabled. Disabling ends the deliveries that wait.
      </label>
      <FormFailure error={error()} />
      <div>
        <Button type="submit" look="primary" busy={busy()}>
          {props.action}
        </Button>
      </div>
    </form>
  );
}

function readForm(
  form: FormData,
  application_id: string,
  previous: Subscription | undefined,
): SubscriptionInput {
  const text = (name: string) => formText(form, name);
  const number = (name: string) => (text(name) === "" ? null : Number(text(name)));
  return {
    application_id,
    is_enabled: form.has("is_enabled"),
    event_types: [
      ...form.getAll("event_types").map(String),
      ...text("patterns")
        .split(/[\s,]+/)
        .filter(Boolean),
    ],
    description: text("description") || null,
    metadata: { ...previous?.metadata },
    labels: parseLabels(text("labels")),
    target: {
      type: "http",
      method: METHODS.find((method) => method === text("method")) ?? "POST",
      url: text("url"),
      headers: parseLabels(text("headers")),
    },
    // Not edited here, and replaced as a whole: what is not sent would be lost.
    signatures: previous?.signatures ?? ["hook0"],
    retry_policy: previous?.retry_policy ?? null,
    dedicated_workers: previous?.dedicated_workers ?? [],
    forward_trace_context: previous?.forward_trace_context ?? false,
    timeout_seconds: number("timeout_seconds"),
    rate_limit_per_second: number("rate_limit_per_second"),
    concurrency_limit: number("concurrency_limit"),
  };
}

import { isPattern } from "#core/event-type-pattern.ts";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { formatLabels } from "../../lib/labels.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { Field, TextField } from "../../ui/Field.tsx";
import { EventTypeChecks } from "../event-types/EventTypeChecks.tsx";
import { AdvancedSettings } from "./AdvancedSettings.tsx";
import { METHODS, readSubscription, type SubscriptionInput } from "./subscription-input.ts";

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
      await props.onSave(readSubscription(new FormData(form), scope.app(), props.subscription));
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
        <EventTypeChecks
          names={offered()}
          isChecked={(name) => (props.subscription ? selected().includes(name) : offered().length === 1)}
        />
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
      <AdvancedSettings subscription={props.subscription} error={error()} />
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

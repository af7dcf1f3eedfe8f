import { isPattern } from "#core/event-type-pattern.ts";
import { useMutation, useQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
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
  const selected = () => props.subscription?.event_types ?? [];
  const offered = () => {
    const known = eventTypes.isSuccess ? eventTypes.data.map((type) => type.event_type_name) : [];
    return [...new Set([...known, ...selected().filter((selector) => !isPattern(selector))])];
  };

  const save = useMutation(() => ({
    mutationFn: async (form: HTMLFormElement) =>
      props.onSave(readSubscription(new FormData(form), scope.app(), props.subscription)),
  }));

  return (
    <form
      class="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(event.currentTarget);
      }}
    >
      <TextField
        label="Name"
        name="description"
        hint="What your people call this customer or system."
        maxlength="100"
        value={props.subscription?.description ?? ""}
        error={fieldMessages(save.error, "description")}
      />
      <div class="grid gap-3 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <Field label="Method" error={fieldMessages(save.error, "target.method")}>
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
          error={fieldMessages(save.error, "target.url")}
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
        <Show when={fieldMessages(save.error, "event_types")}>
          {(message) => <p class="text-xs font-medium text-bad">{message()}</p>}
        </Show>
      </fieldset>
      <Field
        label="Labels"
        hint="One key=value a line. Only events that carry all of these are sent here."
        error={fieldMessages(save.error, "labels")}
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
        error={fieldMessages(save.error, "target.headers")}
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
      <AdvancedSettings subscription={props.subscription} error={save.error} />
      <label class="flex min-h-8 items-center gap-2 text-sm">
        <input
          type="checkbox"
          name="is_enabled"
          class="size-4 accent-accent"
          checked={props.subscription?.is_enabled ?? true}
        />
        Enabled. Disabling ends the deliveries that wait.
      </label>
      <FormFailure error={save.error} />
      <div>
        <Button type="submit" look="primary" busy={save.isPending}>
          {props.action}
        </Button>
      </div>
    </form>
  );
}

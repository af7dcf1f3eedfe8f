import { useNavigate, useSearchParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api, type ReplayCount } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { formatDuration } from "../../lib/duration.ts";
import { one } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { Field, TextField } from "../../ui/Field.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { useSubscriptionNames } from "../attempts/subscription-names.ts";
import { EventTypeChecks } from "../event-types/EventTypeChecks.tsx";
import { readReplay } from "./replay-input.ts";
import { expectedWords, statuses } from "./replay-words.ts";

/** A filter of events, counted before anything is sent. What it starts with may stand in the URL. */
export default function NewReplay() {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [params] = useSearchParams();
  const names = useSubscriptionNames(scope.app);
  const eventTypes = useQuery(() => queries.eventTypes(scope.app()));
  const [counted, setCounted] = createSignal<ReplayCount & { attempts_per_second: number }>();

  const submit = useMutation(() => ({
    mutationFn: async (form: HTMLFormElement) => {
      const input = readReplay(new FormData(form), scope.app());
      const dry_run = counted() === undefined;
      const result = await (await api.replays.$post({ json: { ...input, dry_run } })).json();
      if (dry_run) {
        setCounted({ ...result, attempts_per_second: input.attempts_per_second });
        return;
      }
      // The list is to be read anew: of one that is known, what is new would wait to be shown.
      client.removeQueries({ queryKey: ["replays"] });
      toast("Replay started.");
      navigate(scope.appPath("/replays"));
    },
  }));

  return (
    <>
      <PageHeader
        title="New replay"
        back={{ href: scope.appPath("/replays"), label: "Replays" }}
        description="Events go to the subscriptions that match them now. It is counted before anything is sent."
      />
      <form
        class="card flex max-w-2xl flex-col gap-5 p-5"
        onInput={() => setCounted(undefined)}
        onSubmit={(event) => {
          event.preventDefault();
          submit.mutate(event.currentTarget);
        }}
      >
        <div class="grid gap-3 sm:grid-cols-2">
          <Field label="Send again">
            {(control) => (
              <select {...control} name="status" class="field">
                <For each={statuses}>
                  {([value, label]) => (
                    <option value={value} selected={value === (one(params["status"]) ?? "failed")}>
                      {label}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Field label="For" error={fieldMessages(submit.error, "filter")}>
            {(control) => (
              <select {...control} name="subscription_id" class="field">
                <option value="">Every subscription that matches</option>
                <For each={names.options()}>
                  {([id, name]) => (
                    <option value={id} selected={id === one(params["subscription"])}>
                      {name}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <TextField
            label="Received since"
            name="min_received_at"
            type="datetime-local"
            hint="In your time zone. Empty: from the first."
          />
          <TextField
            label="Until"
            name="max_received_at"
            type="datetime-local"
            hint="Empty: until now. Never what comes later."
          />
        </div>
        <fieldset class="flex flex-col gap-1">
          <legend class="mb-1 text-sm font-medium">Event types</legend>
          <EventTypeChecks
            names={(eventTypes.isSuccess ? eventTypes.data : []).map((type) => type.event_type_name)}
            isChecked={(name) => name === one(params["type"])}
          />
          <p class="text-xs text-ink-3">None ticked: any type.</p>
        </fieldset>
        <Field label="Labels" hint="One key=value a line: only events that carry all of them. Optional.">
          {(control) => (
            <textarea
              {...control}
              name="labels"
              rows="2"
              class="field font-mono text-xs"
              value={one(params["label"]) ?? ""}
            />
          )}
        </Field>
        <TextField
          label="Deliveries a second, at most"
          name="attempts_per_second"
          type="number"
          required
          min="1"
          max="1000"
          value="50"
          class="sm:max-w-40"
          hint="Limits of a subscription hold as well."
          error={fieldMessages(submit.error, "attempts_per_second")}
        />
        <FormFailure error={submit.error} />
        <div role="status" class="empty:hidden">
          <Show when={counted()}>
            {(count) => (
              <p class="rounded-md bg-sunken px-3 py-2 text-sm">
                <strong class="tabular text-lg">{expectedWords(count())}</strong>{" "}
                {count().attempts_expected === 1 ? "delivery" : "deliveries"} would be made
                <Show when={count().attempts_expected > count().attempts_per_second}>
                  , in {formatDuration((count().attempts_expected / count().attempts_per_second) * 1_000)} at
                  the least
                </Show>
                .
              </p>
            )}
          </Show>
        </div>
        <div>
          <Button
            type="submit"
            look="primary"
            busy={submit.isPending}
            disabled={counted()?.attempts_expected === 0}
          >
            {counted() ? "Start the replay" : "Count deliveries"}
          </Button>
        </div>
      </form>
    </>
  );
}

import { A } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { formText } from "../../lib/form.ts";
import { parseLines } from "../../lib/labels.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Section } from "../../ui/Facts.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { Field } from "../../ui/Field.tsx";
import { toast } from "../../ui/Toasts.tsx";

/** What is to be erased: the events that carry these labels; null is all of the application's. */
type Scope = Readonly<Record<string, string>> | null;

/** Asks which events are to go, and for their name to be typed, before any of them does. */
export function EraseEvents(props: { onErased: () => Promise<unknown> }) {
  const scope = useScope();
  const application = useQuery(() => queries.application(scope.app()));
  const [isAll, setAll] = createSignal(false);
  const [text, setText] = createSignal("");
  const [asked, setAsked] = createSignal<Scope>();
  const [error, setError] = createSignal<unknown>();

  const ask = (form: HTMLFormElement) => {
    setError(undefined);
    try {
      setAsked(isAll() ? null : parseLines(formText(new FormData(form), "labels")));
    } catch (fault) {
      setError(fault);
    }
  };
  const nameOf = (what: Scope | undefined) =>
    what ? pairs(what).join(", ") : application.isSuccess ? application.data.name : scope.app();
  const erase = async () => {
    const labels = asked();
    const response = await api.erasures.$post({
      json: { application_id: scope.app(), ...(labels ? { labels } : { all_events: true }) },
    });
    const { state, events_erased } = await response.json();
    const isDone = state === "completed";
    toast(
      isDone ? `${events_erased.toLocaleString()} events erased.` : "Erasing; the list says how far it is.",
    );
    setText("");
    await props.onErased();
  };
  const filter = () => (/^\s*[^=\n]+=[^\n]+$/.test(text().trimEnd()) ? text().trim() : undefined);

  return (
    <Section title="Erase events" class="mb-4 max-w-2xl">
      <form
        class="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          ask(event.currentTarget);
        }}
      >
        <p class="text-sm text-ink-2">
          They are deleted with their payloads, attempts and answers, and what was still to be sent is not.
          Events that come later stay.
        </p>
        <fieldset class="flex flex-col gap-2 text-sm">
          <legend class="sr-only">Which events</legend>
          <label class="flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="which"
              class="size-4 accent-accent"
              checked={!isAll()}
              onChange={() => setAll(false)}
            />
            By label, such as one customer's
          </label>
          <label class="flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="which"
              class="size-4 accent-accent"
              checked={isAll()}
              onChange={() => setAll(true)}
            />
            All of this application
          </label>
        </fieldset>
        <Show when={!isAll()}>
          <Field label="Labels" hint="One key=value a line. Events that carry all of them are erased.">
            {(control) => (
              <textarea
                {...control}
                name="labels"
                rows="2"
                required
                class="field font-mono text-xs"
                value={text()}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
        </Show>
        <FormFailure error={error()} />
        <div class="flex flex-wrap items-center gap-3">
          <Button type="submit" look="danger">
            Erase…
          </Button>
          <Show when={!isAll() && filter()}>
            {(label) => (
              <A
                class="text-sm text-accent-ink underline"
                href={scope.appPath(`/events?label=${encodeURIComponent(label())}`)}
              >
                See these events first
              </A>
            )}
          </Show>
        </div>
      </form>
      <ConfirmDialog
        title={asked() ? "Erase the events with these labels?" : "Erase all events?"}
        consequence={
          asked()
            ? "Every event received until now that carries them is deleted, with its attempts. This cannot be undone."
            : "Every event of this application received until now is deleted, with its attempts. This cannot be undone."
        }
        name={nameOf(asked())}
        action="Erase"
        open={asked() !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={erase}
      />
    </Section>
  );
}

const pairs = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`);

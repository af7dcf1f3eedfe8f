import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Section } from "../../ui/Facts.tsx";
import { Failure } from "../../ui/Failure.tsx";
import { Field } from "../../ui/Field.tsx";
import { DeliveredIcon, FailedIcon } from "../../ui/icons.ts";

/** Answers why an event was or was not delivered to the subscription that one chooses. */
export default function WhyPanel(props: { eventId: string }) {
  const scope = useScope();
  const subscriptions = useQuery(() => queries.subscriptions(scope.app()));
  const [chosen, choose] = createSignal("");
  const answer = useQuery(() => ({
    ...queries.explanation(scope.app(), props.eventId, chosen()),
    enabled: chosen() !== "",
  }));
  return (
    <Section title="Why did a subscription get it, or not?">
      <Field label="Subscription">
        {(control) => (
          <select {...control} class="field" onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">Choose one</option>
            <For each={subscriptions.isSuccess ? subscriptions.data : []}>
              {(one) => (
                <option value={one.subscription_id}>
                  {one.description ? `${one.description}, ${one.target.url}` : one.target.url}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <div role="status">
        <Show when={answer.isError && chosen() !== ""}>
          <Failure error={answer.error} />
        </Show>
        <Show when={chosen() !== "" && answer.isSuccess && answer.data}>
          {(found) => (
            <>
              <p class="mt-3 text-sm font-medium">{found().summary}</p>
              <ul class="mt-2 flex flex-col gap-1 text-sm text-ink-2">
                <For each={found().rules}>
                  {(rule) => (
                    <li class="flex items-center gap-2">
                      <Show
                        when={rule.passed}
                        fallback={
                          <FailedIcon size={14} class="shrink-0 text-bad" aria-label="Does not hold" />
                        }
                      >
                        <DeliveredIcon size={14} class="shrink-0 text-ok" aria-label="Holds" />
                      </Show>
                      {rule.words}
                    </li>
                  )}
                </For>
              </ul>
            </>
          )}
        </Show>
      </div>
    </Section>
  );
}

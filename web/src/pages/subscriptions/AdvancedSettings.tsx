import { createEffect, For, onCleanup, onMount, Show } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { CheckField, TextField } from "../../ui/Field.tsx";
import { RetryPolicyFields } from "./RetryPolicyFields.tsx";
import { SignatureFields } from "./SignatureFields.tsx";

const limits = [
  ["timeout_seconds", "Timeout, seconds", 30, "To the endpoint's answer."],
  ["rate_limit_per_second", "Requests a second", 1_000, "More wait for their turn."],
  ["concurrency_limit", "At the same time", 1_000, "More wait for an answer."],
] as const;

interface AdvancedSettingsProps {
  readonly subscription: Subscription | undefined;
  /** What the form was refused with. */
  readonly error: unknown;
}

/** What most subscriptions leave as it is: closed, and open when something in it needs a look. */
export function AdvancedSettings(props: AdvancedSettingsProps) {
  let details: HTMLDetailsElement | undefined;
  const reveal = () => {
    if (details) details.open = true;
  };
  // A browser shows nobody what is wrong with a field that is folded away; `invalid` does not bubble.
  onMount(() => details?.addEventListener("invalid", reveal, true));
  onCleanup(() => details?.removeEventListener("invalid", reveal, true));
  createEffect(() => {
    const fields = ["retry_policy", "signatures", ...limits.map(([name]) => name)];
    if (fields.some((name) => fieldMessages(props.error, name) !== undefined)) reveal();
  });
  const chosen = () => choicesOf(props.subscription).join(", ");

  return (
    <details ref={(element) => (details = element)}>
      <summary class="w-max max-w-full rounded py-1 text-sm font-medium">
        Advanced
        <Show when={chosen()}>
          <span class="ml-2 font-normal text-ink-3">{chosen()}</span>
        </Show>
      </summary>
      <div class="mt-3 flex flex-col gap-5 border-l-2 border-line pl-4">
        <RetryPolicyFields
          policy={props.subscription?.retry_policy ?? null}
          error={fieldMessages(props.error, "retry_policy")}
        />
        <div class="grid gap-3 sm:grid-cols-3">
          <For each={limits}>
            {([name, label, max, hint]) => (
              <TextField
                label={label}
                name={name}
                type="number"
                min="1"
                max={max}
                placeholder="default"
                hint={hint}
                value={props.subscription?.[name] ?? ""}
                error={fieldMessages(props.error, name)}
              />
            )}
          </For>
        </div>
        <SignatureFields
          signatures={props.subscription?.signatures ?? ["hook0"]}
          error={fieldMessages(props.error, "signatures")}
        />
        <CheckField
          name="forward_trace_context"
          checked={props.subscription?.forward_trace_context ?? false}
          label="Pass on the trace of each event"
        >
          The W3C headers <code>traceparent</code> and <code>tracestate</code>, if the event came with them.
        </CheckField>
      </div>
    </details>
  );
}

/** What a subscription has chosen of its own. */
function choicesOf(subscription: Subscription | undefined): string[] {
  if (!subscription) return [];
  const isSignedOtherwise = subscription.signatures.join() !== "hook0";
  return [
    subscription.retry_policy && "own retries",
    limits.some(([name]) => subscription[name] !== null) && "limits",
    isSignedOtherwise && "signatures",
    subscription.forward_trace_context && "traces",
  ].filter((choice) => typeof choice === "string");
}

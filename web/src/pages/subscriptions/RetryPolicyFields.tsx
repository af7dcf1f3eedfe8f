import { createSignal, For, Match, Show, Switch, type ComponentProps } from "solid-js";
import type { Subscription } from "../../data/api.ts";
import { formatSpan, SPAN_PATTERN } from "../../lib/duration.ts";
import { describeRetries } from "../../lib/retry-words.ts";
import { Field, TextField } from "../../ui/Field.tsx";
import { kindOf, kinds, readRetryPolicy, SCHEDULE_PATTERN, type Kind } from "./retry-policy-input.ts";

type RetryPolicy = Subscription["retry_policy"];

const SPAN_TITLE = "A number with s, min, h or d";

interface RetryPolicyFieldsProps {
  readonly policy: RetryPolicy;
  readonly error: string | undefined;
}

/** When failed deliveries are tried again, with what that comes to in words. Read by `readRetryPolicy`. */
export function RetryPolicyFields(props: RetryPolicyFieldsProps) {
  const [chosen, setKind] = createSignal<Kind>();
  const [typed, setWords] = createSignal<string>();
  const kind = () => chosen() ?? kindOf(props.policy);
  const words = () => typed() ?? describeRetries(props.policy);
  let fieldset: HTMLFieldSetElement | undefined;
  const describe = () => {
    const isReadable = fieldset?.querySelector(":invalid") === null;
    const form = fieldset?.form;
    if (form) setWords(isReadable ? describeRetries(readRetryPolicy(new FormData(form))) : "");
  };
  const schedule = () =>
    props.policy && "schedule_seconds" in props.policy
      ? props.policy.schedule_seconds.map(formatSpan).join(", ")
      : "5 s, 1 min, 10 min, 1 h, 6 h, 1 d";
  const exponential = () =>
    props.policy && "exponential" in props.policy
      ? props.policy.exponential
      : { initial_seconds: 10, factor: 3, cap_seconds: 36_000, retries: 10 };

  return (
    <fieldset ref={(element) => (fieldset = element)} onInput={describe} class="flex flex-col gap-3">
      <legend class="sr-only">Retries</legend>
      <Field label="Failed deliveries are tried again" error={props.error}>
        {(control) => (
          <select
            {...control}
            name="retry_kind"
            class="field"
            onChange={(event) => {
              setKind(event.currentTarget.value as Kind);
              describe();
            }}
          >
            <For each={kinds}>
              {([value, label]) => (
                <option value={value} selected={value === kindOf(props.policy)}>
                  {label}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <Switch>
        <Match when={kind() === "schedule"}>
          <TextField
            label="Waits"
            name="retry_schedule"
            pattern={SCHEDULE_PATTERN}
            title={`${SPAN_TITLE}, and commas between`}
            hint="From each failure to the next attempt, at most 50 of 1 d each. With none, nothing is tried again."
            value={schedule()}
            autocomplete="off"
          />
        </Match>
        <Match when={kind() === "exponential"}>
          <div class="grid grid-cols-2 gap-3 sm:grid-cols-4">
            <SpanField
              label="First wait"
              name="retry_initial"
              required
              value={formatSpan(exponential().initial_seconds)}
            />
            <TextField
              label="Factor"
              name="retry_factor"
              type="number"
              required
              min="1"
              max="10"
              step="any"
              value={exponential().factor}
            />
            <SpanField
              label="Longest wait"
              name="retry_cap"
              required
              value={formatSpan(exponential().cap_seconds)}
            />
            <TextField
              label="Retries"
              name="retry_count"
              type="number"
              required
              min="0"
              max="50"
              value={exponential().retries}
            />
          </div>
        </Match>
      </Switch>
      <Show when={kind() !== ""}>
        <SpanField
          label="No retry later than"
          name="retry_window"
          placeholder="this instance's limit"
          hint="After the first attempt; at most 30 d."
          value={props.policy?.window_seconds ? formatSpan(props.policy.window_seconds) : ""}
        />
      </Show>
      <p role="status" class="rounded-md bg-sunken px-3 py-2 text-sm text-ink-2 empty:hidden">
        {words()}
      </p>
    </fieldset>
  );
}

/** A span of time as text, "90 s" or "6 h". */
const SpanField = (props: ComponentProps<typeof TextField>) => (
  <TextField pattern={SPAN_PATTERN} title={SPAN_TITLE} autocomplete="off" {...props} />
);

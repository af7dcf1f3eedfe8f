import { For, Show } from "solid-js";
import type { SubscriptionHealth } from "../../data/api.ts";
import { formatDuration } from "../../lib/duration.ts";
import { WarningIcon } from "../../ui/icons.ts";
import { Time } from "../../ui/Time.tsx";

const disabledBecause = {
  gone: "Disabled by Columba: the endpoint answered that it is gone (410).",
  failing: "Disabled by Columba: the endpoint did nothing but fail for days.",
} as const;
const pausedBecause = {
  slowed: "Paused: the endpoint asked for fewer requests.",
  broken: "Paused: the endpoint only failed. It is tried again when the pause ends.",
} as const;

/** How the endpoint does now, in a sentence when something is wrong, and in numbers. */
export function HealthFigures(props: { health: SubscriptionHealth }) {
  const ms = (value: number | null) => (value === null ? "–" : formatDuration(value));
  const rate = () =>
    props.health.success_rate === null ? "–" : `${(props.health.success_rate * 100).toFixed(1)} %`;
  const figures = () =>
    [
      ["Success rate", rate()],
      ["Failures in a row", props.health.failures.toLocaleString()],
      ["Median answer", ms(props.health.latency_p50_ms)],
      ["95 % within", ms(props.health.latency_p95_ms)],
    ] as const;
  return (
    <div class="card">
      <Show when={sentenceOf(props.health)}>
        {(sentence) => (
          <p class="flex items-start gap-2 border-b border-line px-4 py-3 text-sm">
            <WarningIcon size={16} class="mt-0.5 shrink-0 text-bad" />
            <span>
              {sentence()}{" "}
              <Show when={props.health.state === "paused" && props.health.paused_until}>
                {(until) => (
                  <>
                    Next: <Time at={until()} />.
                  </>
                )}
              </Show>
              <Show when={props.health.failing_since}>
                {(since) => (
                  <>
                    {" "}
                    First failed <Time at={since()} />.
                  </>
                )}
              </Show>
            </span>
          </p>
        )}
      </Show>
      <dl class="grid grid-cols-2 divide-line sm:grid-cols-4 sm:divide-x">
        <For each={figures()}>
          {([name, value]) => (
            <div class="px-4 py-3">
              <dt class="text-sm text-ink-3">{name}</dt>
              <dd class="tabular text-xl font-semibold tracking-tight">{value}</dd>
            </div>
          )}
        </For>
      </dl>
    </div>
  );
}

function sentenceOf(health: SubscriptionHealth): string | undefined {
  switch (health.state) {
    case "healthy":
      return undefined;
    case "failing":
      return "The last answer was a failure.";
    case "paused":
      return health.pause_reason ? pausedBecause[health.pause_reason] : "Paused.";
    case "disabled":
      return health.disabled_reason ? disabledBecause[health.disabled_reason] : "Disabled by a member.";
  }
}

import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import type { SchemaDryRun, SchemaFinding } from "../../data/api.ts";
import { useScope } from "../../shell/scope.ts";

/** What a draft says of events that were sent. */
export function DryRunResult(props: { result: SchemaDryRun }) {
  const scope = useScope();
  const broken = () => props.result.checked - props.result.conforming;
  return (
    <div role="status" class="flex flex-col gap-2 rounded-md border border-line px-3 py-2 text-sm">
      <Show when={props.result.checked > 0} fallback={<p>No event of this type was sent yet.</p>}>
        <p class={`font-medium ${broken() > 0 ? "text-bad" : "text-good"}`}>
          {props.result.conforming} of {props.result.checked} conform
        </p>
      </Show>
      <ul class="flex flex-col gap-2">
        <For each={props.result.failures}>
          {(failure) => (
            <li>
              <A class="text-accent underline" href={scope.appPath(`/events/${failure.event_id ?? ""}`)}>
                {failure.event_id}
              </A>
              <Findings findings={failure.findings} />
            </li>
          )}
        </For>
      </ul>
      <Show when={broken() > props.result.failures.length}>
        <p class="text-ink-3">and {broken() - props.result.failures.length} more</p>
      </Show>
    </div>
  );
}

/** How a payload breaks its schema, each with the JSON pointer to the place. */
export function Findings(props: { findings: readonly SchemaFinding[] }) {
  return (
    <ul class="flex flex-col gap-1">
      <For each={props.findings}>
        {(finding) => (
          <li class="break-words">
            <code class="text-xs">{finding.pointer || "/"}</code> {finding.message}
          </li>
        )}
      </For>
    </ul>
  );
}

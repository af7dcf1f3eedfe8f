import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api, type EventType, type SchemaVersion } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { toast } from "../../ui/Toasts.tsx";

const modes = [
  ["off", "Off: nothing is judged"],
  ["warn", "Warn: delivered, with a note on the event"],
  ["enforce", "Enforce: refused, whoever sends them is told"],
] as const;
type Mode = (typeof modes)[number][0];

/** What happens to payloads that break the schema, which version judges, and how many did. */
export function SchemaModeForm(props: { eventType: EventType; versions: readonly SchemaVersion[] }) {
  const scope = useScope();
  const client = useQueryClient();
  const [mode, setMode] = createSignal<Mode>();
  const [version, setVersion] = createSignal<number>();
  const statistics = useQuery(() => queries.schemaStatistics(scope.app(), props.eventType.event_type_name));
  const total = (kind: "warned" | "refused") =>
    (statistics.data ?? []).reduce((sum, day) => sum + day[kind], 0).toLocaleString();

  const save = useMutation(() => ({
    mutationFn: async () => {
      await api.event_types[":event_type_name"].schema_mode.$put({
        param: { event_type_name: encodeURIComponent(props.eventType.event_type_name) },
        json: {
          application_id: scope.app(),
          mode: mode() ?? props.eventType.schema_mode,
          version: version() ?? props.eventType.schema_version,
        },
      });
      await client.invalidateQueries({ queryKey: ["event_types"] });
      toast("Saved. It holds from the next event on.");
    },
  }));

  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div class="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_10rem_auto]">
        <Field label="Mode">
          {(control) => (
            <select
              {...control}
              class="field"
              disabled={!scope.mayEdit()}
              onChange={(event) => setMode(event.currentTarget.value as Mode)}
            >
              <For each={modes}>
                {([value, label]) => (
                  <option value={value} selected={value === props.eventType.schema_mode}>
                    {label}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <Field label="Judged by">
          {(control) => (
            <select
              {...control}
              class="field"
              disabled={!scope.mayEdit()}
              onChange={(event) => setVersion(Number(event.currentTarget.value))}
            >
              <For each={props.versions}>
                {(known) => (
                  <option value={known.version} selected={known.version === props.eventType.schema_version}>
                    Version {known.version}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <Show when={scope.mayEdit()}>
          <Button type="submit" look="primary" busy={save.isPending}>
            Save
          </Button>
        </Show>
      </div>
      <FormFailure error={save.error} />
      <p class="text-sm text-ink-3">
        In the last 30 days: {total("warned")} delivered with a warning, {total("refused")} refused.
      </p>
    </form>
  );
}

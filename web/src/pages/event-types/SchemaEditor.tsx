import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, type SchemaDryRun, type SchemaVersion } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { DryRunResult } from "./DryRunResult.tsx";

const START = JSON.stringify({ type: "object", required: [], properties: {} }, null, 2);

interface SchemaEditorProps {
  readonly name: string;
  readonly versions: readonly SchemaVersion[];
  /** The version that judges. */
  readonly judging: number | undefined;
}

/** The schema that judges, to be changed, tried on what was sent, and saved as the next version. */
export function SchemaEditor(props: SchemaEditorProps) {
  const scope = useScope();
  const client = useQueryClient();
  const [draft, setDraft] = createSignal<string>();
  const [result, setResult] = createSignal<SchemaDryRun>();
  const current = useQuery(() => queries.schema(scope.app(), props.name, props.judging));
  const stored = () => (current.data ? JSON.stringify(current.data.schema, null, 2) : START);
  const text = () => draft() ?? stored();
  const path = () => ({ event_type_name: encodeURIComponent(props.name) });
  const next = () => (props.versions[0]?.version ?? 0) + 1;

  const submit = useMutation(() => ({
    mutationFn: async (intent: "try" | "save") => {
      setResult(undefined);
      const json = { application_id: scope.app(), schema: parse(text()) };
      const { schemas } = api.event_types[":event_type_name"];
      if (intent === "try") {
        setResult(await (await schemas.dry_run.$post({ param: path(), json })).json());
      } else {
        const { version } = await (await schemas.$post({ param: path(), json })).json();
        await client.invalidateQueries({ queryKey: ["event_types"] });
        setDraft(undefined);
        toast(`Saved as version ${version}.`);
      }
    },
  }));

  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit.mutate("save");
      }}
    >
      <Field
        label="JSON Schema (2020-12)"
        hint="A version never changes: what you save becomes the next one, and judges from then on."
      >
        {(control) => (
          <textarea
            {...control}
            class="field font-mono text-xs"
            rows="16"
            spellcheck={false}
            readonly={!scope.mayEdit()}
            value={text()}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        )}
      </Field>
      <FormFailure error={submit.error} />
      <Show when={result()}>{(found) => <DryRunResult result={found()} />}</Show>
      <div class="flex flex-wrap gap-2">
        <Button busy={submit.isPending} onClick={() => submit.mutate("try")}>
          Try on the last 100 events
        </Button>
        <Show when={scope.mayEdit()}>
          <Button type="submit" look="primary" busy={submit.isPending} disabled={draft() === undefined}>
            Save as version {next()}
          </Button>
        </Show>
      </div>
    </form>
  );
}

function parse(text: string): Record<string, unknown> {
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return { ...schema };
  } catch (error) {
    throw new Error(`This is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}`, {
      cause: error,
    });
  }
  throw new Error("A schema is a JSON object.");
}

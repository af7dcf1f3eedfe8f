import { useParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Section } from "../../ui/Facts.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { SchemaEditor } from "./SchemaEditor.tsx";
import { SchemaModeForm } from "./SchemaModeForm.tsx";

export default function EventTypeDetail() {
  const scope = useScope();
  const params = useParams<{ name: string }>();
  const name = () => decodeURIComponent(params.name);
  const query = useQuery(() => queries.eventType(scope.app(), name()));
  const versions = useQuery(() => queries.schemas(scope.app(), name()));

  return (
    <QueryView heading="Event type" query={query} skeleton={<BlockSkeleton class="h-[70vh]" />}>
      {(eventType) => (
        <>
          <PageHeader
            title={eventType().event_type_name}
            back={{ href: scope.appPath("/event-types"), label: "Event types" }}
            description="What its payloads look like, as a JSON Schema, and what happens to those that do not."
            call={{
              method: "GET",
              path: `/api/v1/event_types/${encodeURIComponent(name())}?application_id=${scope.app()}`,
            }}
          />
          <div class="flex flex-col gap-4">
            <QueryView query={versions} skeleton={<BlockSkeleton class="h-80" />}>
              {(known) => (
                <>
                  <Show when={known().length > 0}>
                    <Section title="Payloads that break the schema">
                      <SchemaModeForm eventType={eventType()} versions={known()} />
                    </Section>
                  </Show>
                  <Section title="Schema">
                    <SchemaEditor
                      name={name()}
                      versions={known()}
                      judging={eventType().schema_version ?? undefined}
                    />
                  </Section>
                </>
              )}
            </QueryView>
          </div>
        </>
      )}
    </QueryView>
  );
}

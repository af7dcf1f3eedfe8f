import { A } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { TextField } from "../../ui/Field.tsx";
import { TypesIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { formText } from "../../lib/form.ts";
import { toast } from "../../ui/Toasts.tsx";

export default function EventTypes() {
  const scope = useScope();
  const client = useQueryClient();
  const [leaving, setLeaving] = createSignal<string>();
  const query = useQuery(() => queries.eventTypes(scope.app()));
  const refresh = () => client.invalidateQueries({ queryKey: ["event_types"] });
  const remove = async (event_type_name: string) => {
    await api.event_types[":event_type_name"].$delete({
      param: { event_type_name: encodeURIComponent(event_type_name) },
      query: { application_id: scope.app() },
    });
    await refresh();
    toast("Event type removed.");
  };

  return (
    <>
      <PageHeader
        title="Event types"
        description="What can happen, as service.resource.verb."
        call={{ method: "GET", path: `/api/v1/event_types?application_id=${scope.app()}` }}
      />
      <Show when={scope.mayEdit()}>
        <CreateEventType onCreated={refresh} />
      </Show>
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton rows={4} />}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <Empty icon={<TypesIcon size={20} />} title="No event types yet">
              Every event has a type, such as <code>shop.order.paid</code>. Subscriptions choose the types
              they want.
            </Empty>
          }
        >
          {(rows) => (
            <DataTable
              label="Event types"
              rows={rows()}
              columns={[
                {
                  header: "Name",
                  cell: (row) => (
                    <A
                      href={scope.appPath(`/event-types/${encodeURIComponent(row.event_type_name)}`)}
                      class="text-sm hover:underline"
                    >
                      <code>{row.event_type_name}</code>
                    </A>
                  ),
                },
                {
                  header: "Schema",
                  class: "w-36",
                  cell: (row) =>
                    row.schema_mode === "off" ? "" : `${row.schema_mode}, v${row.schema_version}`,
                },
                {
                  header: "Actions",
                  isHeaderHidden: true,
                  class: "w-44 text-right",
                  cell: (row) => (
                    <span class="inline-flex items-center gap-1">
                      <A
                        href={scope.appPath(`/events?type=${encodeURIComponent(row.event_type_name)}`)}
                        class="rounded-md px-2 py-1 text-ink-2 hover:bg-sunken hover:text-ink"
                      >
                        Events
                      </A>
                      <Show when={scope.mayEdit()}>
                        <Button
                          look="quiet"
                          class="min-h-8 px-2"
                          aria-label={`Remove ${row.event_type_name}`}
                          onClick={() => setLeaving(row.event_type_name)}
                        >
                          Remove
                        </Button>
                      </Show>
                    </span>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      </div>
      <ConfirmDialog
        title={`Remove ${leaving() ?? ""}?`}
        consequence="Events of this type are refused from now on. What is stored stays, and creating the type again brings it back."
        action="Remove"
        open={leaving() !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => remove(leaving() ?? "")}
      />
    </>
  );
}

function CreateEventType(props: { onCreated: () => Promise<unknown> }) {
  const scope = useScope();
  const create = useMutation(() => ({
    mutationFn: async (form: HTMLFormElement) => {
      const data = new FormData(form);
      const part = (name: string) => formText(data, name);
      await api.event_types.$post({
        json: {
          application_id: scope.app(),
          service: part("service"),
          resource_type: part("resource_type"),
          verb: part("verb"),
        },
      });
      form.reset();
      form.querySelector("input")?.focus();
      await props.onCreated();
      toast("Event type created.");
    },
  }));
  const fields = [
    ["service", "Service", "shop"],
    ["resource_type", "Resource", "order"],
    ["verb", "Verb", "paid"],
  ] as const;
  return (
    <form
      class="card mb-4 flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(event.currentTarget);
      }}
    >
      <div class="grid items-start gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]">
        <For each={fields}>
          {([name, label, placeholder]) => (
            <TextField
              label={label}
              name={name}
              placeholder={placeholder}
              required
              maxlength="50"
              pattern="[^.]+"
              title="without a dot"
              autocomplete="off"
              error={fieldMessages(create.error, name)}
            />
          )}
        </For>
        <Button type="submit" look="primary" busy={create.isPending} class="sm:mt-[24px]">
          Create
        </Button>
      </div>
      <FormFailure error={create.error} />
    </form>
  );
}

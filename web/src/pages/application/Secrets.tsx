import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { TextField } from "../../ui/Field.tsx";
import { Id } from "../../ui/Id.tsx";
import { KeyIcon, PlusIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { Time } from "../../ui/Time.tsx";
import { toast } from "../../ui/Toasts.tsx";

interface Secret {
  readonly token: string;
  readonly name: string | null;
  readonly created_at: string;
}

export default function Secrets() {
  const scope = useScope();
  const client = useQueryClient();
  const [isCreating, setCreating] = createSignal(false);
  const [created, setCreated] = createSignal<string>();
  const [leaving, setLeaving] = createSignal<Secret>();
  const query = useQuery(() => queries.secrets(scope.app()));
  const refresh = () => client.invalidateQueries({ queryKey: ["secrets"] });

  const present = async (token: string) => {
    setCreated(token);
    await refresh();
  };
  const revoke = async (application_secret_token: string) => {
    await api.application_secrets[":application_secret_token"].$delete({
      param: { application_secret_token },
      query: { application_id: scope.app() },
    });
    await refresh();
    toast("Secret revoked.");
  };

  return (
    <>
      <PageHeader
        title="Secrets"
        description="What your own servers send events with. A secret may do what concerns this application, and nothing else."
        actions={
          <Show when={scope.mayEdit()}>
            <Button look="primary" onClick={() => setCreating(true)}>
              <PlusIcon size={14} /> New secret
            </Button>
          </Show>
        }
      />
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton rows={3} />}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <Empty icon={<KeyIcon size={20} />} title="No secrets">
              Nothing can send events to this application with a secret until you create one.
            </Empty>
          }
        >
          {(rows) => (
            <DataTable
              label="Secrets"
              rows={rows()}
              columns={[
                { header: "Name", cell: (row) => <span class="font-medium">{row.name ?? "Unnamed"}</span> },
                {
                  header: "Secret",
                  class: "hidden sm:table-cell",
                  cell: (row) => <code class="text-xs text-ink-2">{row.token.slice(0, 4)}••••••••</code>,
                },
                { header: "Created", class: "w-28 text-ink-2", cell: (row) => <Time at={row.created_at} /> },
                {
                  header: "Actions",
                  isHeaderHidden: true,
                  class: "w-28 text-right",
                  cell: (row) => (
                    <Button
                      look="quiet"
                      class="min-h-8 px-2"
                      aria-label={`Revoke ${row.name ?? "unnamed secret"}`}
                      onClick={() => setLeaving(row)}
                    >
                      Revoke
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      </div>
      <Dialog
        title={created() ? "Copy it now" : "New secret"}
        open={isCreating()}
        onClose={() => {
          setCreating(false);
          setCreated(undefined);
        }}
      >
        <Show when={created()} fallback={<CreateSecret onCreated={present} />}>
          {(token) => (
            <div class="flex flex-col gap-3">
              <p class="text-ink-2">It is shown this once. Keep it where your servers read their secrets.</p>
              <p class="rounded-md bg-sunken px-3 py-2">
                <Id value={token()} full what="secret" />
              </p>
            </div>
          )}
        </Show>
      </Dialog>
      <ConfirmDialog
        title={`Revoke ${leaving()?.name ?? "this secret"}?`}
        consequence="The next request with it is refused. This cannot be undone."
        {...(leaving()?.name ? { name: leaving()?.name ?? "" } : {})}
        action="Revoke"
        open={leaving() !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => revoke(leaving()?.token ?? "")}
      />
    </>
  );
}

function CreateSecret(props: { onCreated: (token: string) => Promise<void> }) {
  const scope = useScope();
  const create = async (value: (name: string) => string) => {
    const response = await api.application_secrets.$post({
      json: { application_id: scope.app(), name: value("name") },
    });
    await props.onCreated((await response.json()).token);
  };
  return (
    <SubmitForm stretch action="Create" onSubmit={create}>
      {(field) => (
        <TextField
          label="Name"
          {...field("name")}
          required
          maxlength="50"
          hint="Who or what uses it."
          autocomplete="off"
        />
      )}
    </SubmitForm>
  );
}

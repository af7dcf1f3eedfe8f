import { A } from "@solidjs/router";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { PlusIcon, TerminalIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";
import { toast } from "../../ui/Toasts.tsx";

export default function Tokens() {
  const scope = useScope();
  const client = useQueryClient();
  const [isCreating, setCreating] = createSignal(false);
  const query = useQuery(() => queries.serviceTokens(scope.org()));
  const create = async (name: string) => {
    await api.service_token.$post({ json: { organization_id: scope.org(), name } });
    await client.invalidateQueries({ queryKey: ["service_tokens"] });
    setCreating(false);
    toast("Token created. Open it to limit and copy it.");
  };
  return (
    <>
      <PageHeader
        title="Service tokens"
        description="For machines and assistants. Limit a copy to what it needs before you hand it out."
        actions={
          <Show when={scope.mayEdit()}>
            <Button look="primary" onClick={() => setCreating(true)}>
              <PlusIcon size={14} /> New token
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
            <Empty icon={<TerminalIcon size={20} />} title="No service tokens">
              A token lets a program act for this organization until it is revoked.
            </Empty>
          }
        >
          {(rows) => (
            <DataTable
              label="Service tokens"
              rows={rows()}
              href={(row) => scope.orgPath(`/tokens/${row.token_id}`)}
              columns={[
                {
                  header: "Name",
                  cell: (row) => (
                    <A href={scope.orgPath(`/tokens/${row.token_id}`)} tabindex="-1" class="font-medium">
                      {row.name}
                    </A>
                  ),
                },
                {
                  header: "Created",
                  class: "w-32 text-right text-ink-2",
                  cell: (row) => <Time at={row.created_at} />,
                },
              ]}
            />
          )}
        </QueryView>
      </div>
      <Dialog title="New service token" open={isCreating()} onClose={() => setCreating(false)}>
        <RenameForm name="" action="Create" onSave={create} />
      </Dialog>
    </>
  );
}

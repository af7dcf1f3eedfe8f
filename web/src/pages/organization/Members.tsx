import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { changeRole, inviteMember, removeMember, type Member, type Role } from "../../data/organizations.ts";
import { fieldMessages } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { session } from "../../data/session.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { FormFailure } from "../../ui/Failure.tsx";
import { Field, TextField } from "../../ui/Field.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { formText } from "../../lib/form.ts";
import { toast, toastError } from "../../ui/Toasts.tsx";

const roleNames: Readonly<Record<string, string>> = { editor: "Editor", viewer: "Viewer" };

export default function Members() {
  const scope = useScope();
  const client = useQueryClient();
  const [leaving, setLeaving] = createSignal<Member>();
  const query = useQuery(() => queries.organization(scope.org()));
  const refresh = () => client.invalidateQueries({ queryKey: ["organization"] });
  const change = async (member: Member, role: Role) => {
    try {
      await changeRole(scope.org(), member.user_id, role);
      toast(`${member.email} is now ${roleNames[role]?.toLowerCase()}.`);
    } catch (error) {
      toastError(error);
    }
    await refresh();
  };
  const remove = async () => {
    await removeMember(scope.org(), leaving()?.user_id ?? "");
    await refresh();
    toast("Removed.");
  };
  const isSelf = (member: Member) => member.user_id === session()?.user_id;

  return (
    <>
      <PageHeader
        title="Members"
        description="Editors may change everything; viewers may look."
        call={{ method: "GET", path: `/api/v1/organizations/${scope.org()}` }}
      />
      <Show when={scope.mayEdit()}>
        <Invite onInvited={refresh} />
      </Show>
      <div class="card overflow-hidden">
        <QueryView query={query} skeleton={<RowsSkeleton rows={3} />}>
          {(info) => (
            <DataTable
              label="Members"
              rows={info().users}
              columns={[
                {
                  header: "Member",
                  cell: (row) => (
                    <>
                      <span class="block truncate font-medium">
                        {row.first_name} {row.last_name}
                        <Show when={isSelf(row)}>
                          <span class="font-normal text-ink-3"> (you)</span>
                        </Show>
                      </span>
                      <span class="block truncate text-xs text-ink-3">{row.email}</span>
                    </>
                  ),
                },
                {
                  header: "Role",
                  class: "w-32",
                  cell: (row) => (
                    <Show when={scope.mayEdit() && !isSelf(row)} fallback={roleNames[row.role] ?? row.role}>
                      <select
                        class="field"
                        aria-label={`Role of ${row.email}`}
                        onChange={(event) => void change(row, event.currentTarget.value as Role)}
                      >
                        <option value="editor" selected={row.role === "editor"}>
                          Editor
                        </option>
                        <option value="viewer" selected={row.role === "viewer"}>
                          Viewer
                        </option>
                      </select>
                    </Show>
                  ),
                },
                {
                  header: "Actions",
                  isHeaderHidden: true,
                  class: "w-24 text-right",
                  cell: (row) => (
                    <Show when={scope.mayEdit() && !isSelf(row)}>
                      <Button
                        look="quiet"
                        class="px-2"
                        aria-label={`Remove ${row.email}`}
                        onClick={() => setLeaving(row)}
                      >
                        Remove
                      </Button>
                    </Show>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      </div>
      <ConfirmDialog
        title={`Remove ${leaving()?.email ?? ""}?`}
        consequence="They can no longer see this organization. Invite them again to bring them back."
        action="Remove"
        open={leaving() !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={remove}
      />
    </>
  );
}

function Invite(props: { onInvited: () => Promise<unknown> }) {
  const scope = useScope();
  const invite = useMutation(() => ({
    mutationFn: async (form: HTMLFormElement) => {
      const data = new FormData(form);
      const role: Role = data.get("role") === "editor" ? "editor" : "viewer";
      await inviteMember(scope.org(), formText(data, "email"), role);
      form.reset();
      toast("Invited.");
      await props.onInvited();
    },
  }));
  return (
    <form
      class="card mb-4 flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        invite.mutate(event.currentTarget);
      }}
    >
      <div class="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_9rem_auto]">
        <TextField
          label="Email"
          name="email"
          type="email"
          required
          autocomplete="off"
          hint="Who has no account yet is told by mail how to get one."
          error={fieldMessages(invite.error, "email")}
        />
        <Field label="Role">
          {(control) => (
            <select {...control} name="role" class="field">
              <option value="viewer">Viewer</option>
              <option value="editor">Editor</option>
            </select>
          )}
        </Field>
        <Button type="submit" look="primary" busy={invite.isPending} class="sm:mt-[24px]">
          Invite
        </Button>
      </div>
      <FormFailure error={invite.error} />
    </form>
  );
}

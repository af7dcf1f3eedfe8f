import { useNavigate } from "@solidjs/router";
import { useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { deleteOrganization, renameOrganization } from "../../data/organizations.ts";
import { forgetPlace } from "../../shell/last-place.ts";
import { useScope } from "../../shell/scope.ts";
import { DeleteSection } from "../../ui/DeleteSection.tsx";
import { Facts, Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { toast } from "../../ui/Toasts.tsx";

export default function OrganizationSettings() {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const refresh = () =>
    Promise.all(
      ["organization", "organizations"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  const rename = async (name: string) => {
    await renameOrganization(scope.org(), name);
    await refresh();
    toast("Renamed.");
  };
  const remove = async () => {
    await deleteOrganization(scope.org());
    forgetPlace();
    navigate("/");
    await refresh();
  };
  return (
    <>
      <PageHeader title="Organization settings" />
      <Show when={scope.organization()}>
        {(organization) => (
          <div class="flex max-w-2xl flex-col gap-4">
            <Section title="Organization">
              <Facts
                facts={[
                  ["Id", <Id value={organization().organization_id} full />],
                  ["Your role", organization().role],
                  ["Plan", organization().plan?.label ?? "none"],
                ]}
              />
            </Section>
            <Show when={scope.mayEdit()}>
              <Section title="Name">
                <RenameForm name={organization().name} onSave={rename} />
              </Section>
              <DeleteSection
                what="organization"
                name={organization().name}
                lead="Possible once it has no applications."
                consequence="Its members lose it and its tokens stop working."
                onDelete={remove}
              />
            </Show>
          </div>
        )}
      </Show>
    </>
  );
}

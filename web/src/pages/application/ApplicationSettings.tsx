import { useNavigate } from "@solidjs/router";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { forgetPlace } from "../../shell/last-place.ts";
import { useScope } from "../../shell/scope.ts";
import { DeleteSection } from "../../ui/DeleteSection.tsx";
import { Facts, Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RenameForm } from "../../ui/RenameForm.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { toast } from "../../ui/Toasts.tsx";

/** What the API says when nothing limits. */
const UNLIMITED = 2_147_483_647;
const limit = (value: number) => (value >= UNLIMITED ? "no limit" : value.toLocaleString());

export default function ApplicationSettings() {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const query = useQuery(() => queries.application(scope.app()));
  const refresh = () =>
    Promise.all(["application", "applications"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const rename = async (name: string) => {
    await api.applications[":application_id"].$put({
      param: { application_id: scope.app() },
      json: { organization_id: scope.org(), name },
    });
    await refresh();
    toast("Renamed.");
  };
  const remove = async () => {
    await api.applications[":application_id"].$delete({ param: { application_id: scope.app() } });
    forgetPlace();
    navigate(scope.orgPath());
    await refresh();
    toast("Application deleted.");
  };
  return (
    <>
      <PageHeader title="Settings" call={{ method: "GET", path: `/api/v1/applications/${scope.app()}` }} />
      <QueryView query={query} skeleton={<BlockSkeleton class="h-80" />}>
        {(application) => (
          <div class="flex max-w-2xl flex-col gap-4">
            <Section title="Application">
              <Facts
                facts={[
                  ["Id", <Id value={application().application_id} full />],
                  ["Events a day", limit(application().quotas.events_per_day_limit)],
                  [
                    "Kept for",
                    `${limit(application().quotas.days_of_events_retention_limit)} days`.replace(
                      "no limit days",
                      "ever",
                    ),
                  ],
                ]}
              />
            </Section>
            <Show when={scope.mayEdit()}>
              <Section title="Name">
                <RenameForm name={application().name} onSave={rename} />
              </Section>
              <DeleteSection
                what="application"
                name={application().name}
                lead="Its secrets stop working and deliveries that wait end as failed."
                consequence="Its events can no longer be read, its secrets stop working, and deliveries that wait end as failed."
                onDelete={remove}
              />
            </Show>
          </div>
        )}
      </QueryView>
    </>
  );
}

import { useParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { lazy, Show, Suspense } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { readPayload } from "../../lib/payload.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Facts, Labels, Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { RetryIcon, SubscriptionIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { Payload } from "../../ui/Payload.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";
import { toast, toastError } from "../../ui/Toasts.tsx";
import { Findings } from "../event-types/DryRunResult.tsx";
import { AttemptPanel } from "../attempts/AttemptPanel.tsx";

const WhyPanel = lazy(() => import("./WhyPanel.tsx"));

export default function EventDetail() {
  const scope = useScope();
  const client = useQueryClient();
  const params = useParams<{ id: string }>();
  const query = useQuery(() => queries.event(scope.app(), params.id));

  const replay = useMutation(() => ({
    mutationFn: async () => {
      await api.events[":event_id"].replay.$post({
        param: { event_id: params.id },
        json: { application_id: scope.app() },
      });
      toast("Sent again to every subscription that matches now.");
      await client.invalidateQueries({ queryKey: ["attempts"] });
    },
    onError: toastError,
  }));

  return (
    <QueryView heading="Event" query={query} skeleton={<BlockSkeleton class="h-[70vh]" />}>
      {(event) => (
        <>
          <PageHeader
            title={event().event_type_name}
            back={{ href: scope.appPath("/events"), label: "Events" }}
            description={
              <>
                Received <Time at={event().received_at} />
              </>
            }
            call={{ method: "GET", path: `/api/v1/events/${params.id}?application_id=${scope.app()}` }}
            actions={
              <Show when={scope.mayEdit()}>
                <Button busy={replay.isPending} onClick={() => replay.mutate()}>
                  <RetryIcon size={14} /> Replay to all
                </Button>
              </Show>
            }
          />
          <div class="mb-6 grid gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
            <div class="flex min-w-0 flex-col gap-4">
              <Payload label="payload" payload={readPayload(event().payload)} />
              <Show when={event().schema_warnings}>
                {(warnings) => (
                  <Section title={`Breaks version ${event().schema_version} of its schema`}>
                    <Findings findings={warnings()} />
                  </Section>
                )}
              </Show>
            </div>
            <Section title="Facts" class="self-start">
              <Facts
                facts={[
                  ["Event", <Id value={event().event_id} />],
                  ["Labels", <Labels labels={event().labels} />],
                  [
                    "Metadata",
                    <Show when={Object.keys(event().metadata ?? {}).length > 0} fallback="none">
                      <Labels labels={event().metadata ?? {}} />
                    </Show>,
                  ],
                  ["Content type", <code class="text-xs">{event().payload_content_type}</code>],
                  ["Occurred", <Time at={event().occurred_at} />],
                  ["Received", <Time at={event().received_at} />],
                  ["From", <code class="text-xs">{event().ip.replace("/32", "")}</code>],
                ]}
              />
            </Section>
          </div>
          <h2 class="mb-2 text-lg font-semibold">Deliveries</h2>
          <AttemptPanel
            eventId={params.id}
            empty={
              <Empty icon={<SubscriptionIcon size={20} />} title="It went to nobody">
                No enabled subscription had this event type and all of its labels on this event when it was
                received. Make one, then replay the event.
              </Empty>
            }
          />
          <div class="mt-6 max-w-3xl">
            <Suspense fallback={<BlockSkeleton class="h-32" />}>
              <WhyPanel eventId={params.id} />
            </Suspense>
          </div>
        </>
      )}
    </QueryView>
  );
}

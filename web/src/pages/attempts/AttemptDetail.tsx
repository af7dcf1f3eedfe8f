import { A, useParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import type { RequestAttempt } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { diagnose } from "../../lib/diagnosis.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { Facts, Section } from "../../ui/Facts.tsx";
import { Id } from "../../ui/Id.tsx";
import { RetryIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { BlockSkeleton } from "../../ui/Skeleton.tsx";
import { Status } from "../../ui/Status.tsx";
import { Time } from "../../ui/Time.tsx";
import { RequestSection, ResponseSection } from "./Exchange.tsx";
import { createRetry } from "./retry.ts";
import { useSubscriptionNames } from "./subscription-names.ts";
import { Timeline } from "./Timeline.tsx";

const POLL_MS = 2_000;
const isOpen = (attempt: RequestAttempt | undefined) =>
  attempt !== undefined && attempt.status.type !== "successful" && attempt.status.type !== "failed";

export default function AttemptDetail() {
  const scope = useScope();
  const params = useParams<{ id: string }>();
  const query = useQuery(() => ({
    ...queries.attempt(scope.app(), params.id),
    refetchInterval: (state: { state: { data: RequestAttempt | undefined } }) =>
      isOpen(state.state.data) ? POLL_MS : false,
  }));
  return (
    <QueryView heading="Attempt" query={query} skeleton={<BlockSkeleton class="h-[70vh]" />}>
      {(attempt) => <Attempt attempt={attempt()} />}
    </QueryView>
  );
}

function Attempt(props: { attempt: RequestAttempt }) {
  const scope = useScope();
  const retry = createRetry(scope.app);
  const names = useSubscriptionNames(scope.app);
  const event = useQuery(() => queries.event(scope.app(), props.attempt.event_id));
  const response = useQuery(() => ({
    ...queries.response(scope.app(), props.attempt.response_id ?? ""),
    enabled: props.attempt.response_id !== null,
  }));
  const answer = () => (response.isSuccess ? response.data : undefined);
  const id = () => props.attempt.request_attempt_id;

  return (
    <>
      <PageHeader
        title={props.attempt.event.event_type_name}
        back={{ href: scope.appPath("/attempts"), label: "Attempts" }}
        badge={
          <Status
            type={props.attempt.status.type}
            detail={
              props.attempt.http_response_status === null
                ? undefined
                : String(props.attempt.http_response_status)
            }
          />
        }
        description={diagnose(props.attempt, answer())}
        call={{ method: "GET", path: `/api/v1/request_attempts/${id()}?application_id=${scope.app()}` }}
        actions={
          <Show when={scope.mayEdit()}>
            <Button look="primary" disabled={retry.isQueued(id())} onClick={() => void retry.retry(id())}>
              <RetryIcon size={14} /> {retry.isQueued(id()) ? "Queued" : "Retry"}
            </Button>
          </Show>
        }
      />
      <div class="grid gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div class="flex min-w-0 flex-col gap-4">
          <ResponseSection attempt={props.attempt} query={response} />
          <RequestSection attempt={props.attempt} event={event} />
        </div>
        <div class="flex min-w-0 flex-col gap-4">
          <Section title="This delivery">
            <Timeline attempt={props.attempt} />
          </Section>
          <Section title="Facts">
            <Facts
              facts={[
                ["Attempt", <Id value={id()} />],
                [
                  "Event",
                  <A
                    class="text-accent-ink hover:underline"
                    href={scope.appPath(`/events/${props.attempt.event_id}`)}
                  >
                    <Id value={props.attempt.event_id} copy={false} />
                  </A>,
                ],
                [
                  "To",
                  <A
                    class="text-accent-ink hover:underline"
                    href={scope.appPath(`/subscriptions/${props.attempt.subscription.subscription_id}`)}
                  >
                    {names.of(props.attempt)}
                  </A>,
                ],
                ["Try", String(props.attempt.retry_count + 1)],
                ["Created", <Time at={props.attempt.created_at} />],
              ]}
            />
          </Section>
        </div>
      </div>
    </>
  );
}

import type { AttemptFilters } from "../../data/queries.ts";
import { useScope } from "../../shell/scope.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { InboxIcon, ReplayIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { AttemptPanel } from "./AttemptPanel.tsx";
import { RetryDeadLetters } from "./RetryDeadLetters.tsx";

export default function DeadLetterList() {
  const scope = useScope();
  const replayOf = (filters: AttemptFilters) => {
    const { subscription_id: subscription, "event.event_type_names": type } = filters;
    const search = { status: "dead", ...(subscription && { subscription }), ...(type && { type }) };
    return scope.appPath(`/replays/new?${new URLSearchParams(search).toString()}`);
  };
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Deliveries that failed for good: every retry is used up."
        call={{ method: "GET", path: `/api/v1/dead_letters?application_id=${scope.app()}` }}
      />
      <AttemptPanel
        deadOnly
        actions={(filters, onDone) => (
          <div class="flex flex-wrap gap-2">
            <LinkButton href={replayOf(filters())}>
              <ReplayIcon size={14} /> Replay at a pace…
            </LinkButton>
            <RetryDeadLetters application={scope.app()} filters={filters()} onRetried={onDone} />
          </div>
        )}
        empty={
          <Empty icon={<InboxIcon size={20} />} title="No dead letters">
            What could not be delivered after its last retry waits here, to be sent again when the endpoint is
            well.
          </Empty>
        }
      />
    </>
  );
}

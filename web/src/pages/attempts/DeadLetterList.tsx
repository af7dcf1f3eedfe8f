import { useScope } from "../../shell/scope.ts";
import { Empty } from "../../ui/Empty.tsx";
import { InboxIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { AttemptPanel } from "./AttemptPanel.tsx";

export default function DeadLetterList() {
  const scope = useScope();
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Deliveries that failed for good: every retry is used up."
        call={{ method: "GET", path: `/api/v1/dead_letters?application_id=${scope.app()}` }}
      />
      <AttemptPanel
        deadOnly
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

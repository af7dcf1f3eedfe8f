import { useScope } from "../../shell/scope.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { AttemptPanel } from "./AttemptPanel.tsx";

export default function AttemptList() {
  const scope = useScope();
  return (
    <>
      <PageHeader
        title="Attempts"
        description="Every try to deliver an event to an endpoint, and what came of it."
        call={{ method: "GET", path: `/api/v1/request_attempts?application_id=${scope.app()}` }}
      />
      <AttemptPanel />
    </>
  );
}

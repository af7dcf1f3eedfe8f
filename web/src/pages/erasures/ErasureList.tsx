import { useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { queries } from "../../data/queries.ts";
import { createLiveList } from "../../lib/live-list.ts";
import { useScope } from "../../shell/scope.ts";
import { Empty } from "../../ui/Empty.tsx";
import { EraseIcon } from "../../ui/icons.ts";
import { LiveRows, useLive } from "../../ui/LiveRows.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { EraseEvents } from "./EraseEvents.tsx";
import { ErasureRow } from "./ErasureRow.tsx";

export default function ErasureList() {
  const scope = useScope();
  const client = useQueryClient();
  const live = useLive();
  const list = createLiveList({
    query: () => queries.erasures(scope.app()),
    id: (row) => row.erasure_id,
    isLive: live.isLive,
  });
  const refresh = async () => {
    await Promise.all(
      ["erasures", "events", "attempts"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
    list.show();
  };
  return (
    <>
      <PageHeader
        title="Erasures"
        description="Events deleted on request. The audit log keeps who asked."
        call={{ method: "GET", path: `/api/v1/erasures?application_id=${scope.app()}` }}
      />
      <Show when={scope.mayEdit()}>
        <EraseEvents onErased={refresh} />
      </Show>
      <LiveRows
        label="Erasures"
        list={list}
        empty={
          <Empty icon={<EraseIcon size={20} />} title="Nothing was erased">
            When a customer asks to be forgotten, the events that carry their label are erased here, and the
            counts stay as the record of it.
          </Empty>
        }
      >
        {(erasure) => <ErasureRow erasure={erasure} />}
      </LiveRows>
    </>
  );
}

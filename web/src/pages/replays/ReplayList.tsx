import { useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { createLiveList } from "../../lib/live-list.ts";
import { useScope } from "../../shell/scope.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { PlusIcon, ReplayIcon } from "../../ui/icons.ts";
import { LiveRows, useLive } from "../../ui/LiveRows.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { toastError } from "../../ui/Toasts.tsx";
import { useSubscriptionNames } from "../attempts/subscription-names.ts";
import { ReplayRow, type ReplayChange } from "./ReplayRow.tsx";

export default function ReplayList() {
  const scope = useScope();
  const client = useQueryClient();
  const live = useLive();
  const names = useSubscriptionNames(scope.app);
  const [ending, setEnding] = createSignal<string>();
  const list = createLiveList({
    query: () => queries.replays(scope.app()),
    id: (row) => row.replay_id,
    isLive: live.isLive,
  });
  const change = async (replay_id: string, change: ReplayChange) => {
    await api.replays[":replay_id"][":change{pause|resume|cancel}"].$post({
      param: { replay_id, change },
      json: { application_id: scope.app() },
    });
    await client.invalidateQueries({ queryKey: ["replays"] });
  };
  const create = () => (
    <Show when={scope.mayEdit()}>
      <LinkButton href={scope.appPath("/replays/new")} look="primary">
        <PlusIcon size={14} /> New replay
      </LinkButton>
    </Show>
  );

  return (
    <>
      <PageHeader
        title="Replays"
        description="Events that are sent again, as new deliveries, at a pace."
        call={{ method: "GET", path: `/api/v1/replays?application_id=${scope.app()}` }}
        actions={create()}
      />
      <LiveRows
        label="Replays"
        list={list}
        empty={
          <Empty icon={<ReplayIcon size={20} />} title="No replays yet" action={create()}>
            After an endpoint was down for long, or a subscription came late, a replay sends the events of
            that time again, without crowding out those that happen now.
          </Empty>
        }
      >
        {(replay) => (
          <ReplayRow
            replay={replay}
            subscriptionName={names.ofId}
            mayEdit={scope.mayEdit()}
            onChange={(kind) => {
              if (kind === "cancel") setEnding(replay.replay_id);
              else void change(replay.replay_id, kind).catch(toastError);
            }}
          />
        )}
      </LiveRows>
      <ConfirmDialog
        title="Cancel this replay?"
        consequence="What it has made goes out; the rest is not sent again. It cannot be resumed."
        action="Cancel the replay"
        open={ending() !== undefined}
        onClose={() => setEnding(undefined)}
        onConfirm={() => change(ending() ?? "", "cancel")}
      />
    </>
  );
}

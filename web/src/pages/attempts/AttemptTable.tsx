import { Show } from "solid-js";
import { A } from "@solidjs/router";
import type { RequestAttempt } from "../../data/api.ts";
import { now } from "../../lib/clock.ts";
import { formatRelative } from "../../lib/duration.ts";
import { useScope } from "../../shell/scope.ts";
import { Button } from "../../ui/Button.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Id } from "../../ui/Id.tsx";
import { RetryIcon } from "../../ui/icons.ts";
import { Status } from "../../ui/Status.tsx";
import { Time } from "../../ui/Time.tsx";
import type { createRetry } from "./retry.ts";

interface AttemptTableProps {
  readonly rows: readonly RequestAttempt[];
  readonly retry: ReturnType<typeof createRetry>;
  /** What the page is about already, and need not be said in each row. */
  readonly hide?: "event" | "subscription";
  readonly subscriptionName: (attempt: RequestAttempt) => string;
}

/** Attempts, the same on every page that has some. */
export function AttemptTable(props: AttemptTableProps) {
  const scope = useScope();
  const canRetry = (row: RequestAttempt) =>
    scope.mayEdit() && row.status.type === "failed" && !props.retry.isQueued(row.request_attempt_id);
  const href = (row: RequestAttempt) => scope.appPath(`/attempts/${row.request_attempt_id}`);

  const status: Column<RequestAttempt> = {
    header: "Status",
    class: "w-[7.75rem] sm:w-[11rem]",
    cell: (row) => (
      <Status
        type={props.retry.isQueued(row.request_attempt_id) ? "pending" : row.status.type}
        detail={detailOf(row)}
      />
    ),
  };
  const event: Column<RequestAttempt> = {
    header: "Event",
    cell: (row) => (
      <A href={href(row)} tabindex="-1" class="block min-w-0">
        <span class="block truncate font-medium">{row.event.event_type_name}</span>
        <span class="text-xs text-ink-3">
          <Id value={row.event_id} copy={false} />
        </span>
      </A>
    ),
  };
  const subscription = (): Column<RequestAttempt> => ({
    header: "Subscription",
    class: props.hide === "event" ? "" : "hidden md:table-cell",
    cell: (row) => <span class="block truncate">{props.subscriptionName(row)}</span>,
  });
  const rest: Column<RequestAttempt>[] = [
    {
      header: "Try",
      class: "hidden w-14 text-right sm:table-cell tabular",
      cell: (row) => row.retry_count + 1,
    },
    {
      header: "When",
      class: "w-[4.75rem] text-right text-ink-2 sm:w-24",
      cell: (row) => <Time at={row.created_at} class="text-xs whitespace-nowrap" />,
    },
    {
      header: "Actions",
      isHeaderHidden: true,
      class: "hidden w-24 text-right sm:table-cell",
      cell: (row) => (
        <Show when={canRetry(row)}>
          <Button
            look="quiet"
            class="min-h-8 px-2"
            tabindex="-1"
            aria-label={`Retry ${row.request_attempt_id}`}
            onClick={() => void props.retry.retry(row.request_attempt_id)}
          >
            <RetryIcon size={14} /> Retry
          </Button>
        </Show>
      ),
    },
  ];
  const columns = () => [
    status,
    ...(props.hide === "event" ? [] : [event]),
    ...(props.hide === "subscription" ? [] : [subscription()]),
    ...rest,
  ];
  return (
    <DataTable
      label="Request attempts"
      columns={columns()}
      rows={props.rows}
      href={href}
      onRetry={(row) => {
        if (canRetry(row)) void props.retry.retry(row.request_attempt_id);
      }}
    />
  );
}

/** The answer's status; for one that waits, when it is due. */
function detailOf({ status, http_response_status }: RequestAttempt): string | undefined {
  if (status.type === "waiting") return formatRelative(Date.parse(status.until), now());
  return http_response_status === null ? undefined : String(http_response_status);
}

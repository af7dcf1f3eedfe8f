import { useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { queries } from "../../data/queries.ts";
import { one } from "../../lib/search.ts";
import { useScope } from "../../shell/scope.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Id } from "../../ui/Id.tsx";
import { AuditIcon } from "../../ui/icons.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { Pager } from "../../ui/Pager.tsx";
import { QueryView } from "../../ui/QueryView.tsx";
import { RowsSkeleton } from "../../ui/Skeleton.tsx";
import { Time } from "../../ui/Time.tsx";

const PAGE_LENGTH = 100;
const kinds: Readonly<Record<string, string>> = {
  user: "Member",
  service_token: "Service token",
  application_secret: "Secret",
  master: "Operator",
};

export default function AuditLog() {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const before = () => one(params["before"]);
  const query = useQuery(() => queries.auditLog(scope.org(), before()));
  const members = useQuery(() => queries.organization(scope.org()));
  const nameOf = (id: string | null) =>
    members.isSuccess ? members.data.users.find((member) => member.user_id === id)?.email : undefined;
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Who changed what in this organization, newest first."
        call={{ method: "GET", path: `/api/v1/audit_log?organization_id=${scope.org()}` }}
      />
      <div class="card overflow-hidden">
        <QueryView
          query={query}
          skeleton={<RowsSkeleton />}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <Empty icon={<AuditIcon size={20} />} title="No changes on record">
              Creating, changing and deleting things is recorded here; reading and sending events is not.
            </Empty>
          }
        >
          {(rows) => (
            <>
              <DataTable
                label="Changes"
                rows={rows()}
                columns={[
                  {
                    header: "Change",
                    class: "w-44",
                    cell: (row) => <code class="text-xs">{row.action}</code>,
                  },
                  {
                    header: "Of",
                    cell: (row) => <span class="block truncate text-xs text-ink-2">{row.subject ?? ""}</span>,
                  },
                  {
                    header: "By",
                    class: "hidden sm:table-cell",
                    cell: (row) => (
                      <span class="block truncate">
                        {nameOf(row.actor_id) ?? kinds[row.actor_kind] ?? row.actor_kind}{" "}
                        {row.actor_id && !nameOf(row.actor_id) ? (
                          <Id value={row.actor_id} copy={false} />
                        ) : undefined}
                      </span>
                    ),
                  },
                  {
                    header: "From",
                    class: "hidden w-36 lg:table-cell",
                    cell: (row) => <code class="text-xs">{row.ip}</code>,
                  },
                  {
                    header: "When",
                    class: "w-24 text-right text-ink-2",
                    cell: (row) => <Time at={row.at} class="text-xs whitespace-nowrap" />,
                  },
                ]}
              />
              <Pager
                cursor={before()}
                next={rows().length === PAGE_LENGTH ? (rows().at(-1)?.at ?? null) : null}
                shown={rows().length}
                onGo={(to) => setParams({ before: to })}
              />
            </>
          )}
        </QueryView>
      </div>
    </>
  );
}

import { Navigate } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Match, Show, Switch } from "solid-js";
import { queries } from "../data/queries.ts";
import { lastPlace } from "../shell/last-place.ts";
import { QueryView } from "../ui/QueryView.tsx";
import { BlockSkeleton } from "../ui/Skeleton.tsx";

/** Back to the application last looked at, else the first there is, else the wizard that makes one. */
export default function Home() {
  const organizations = useQuery(queries.organizations);
  const first = () => (organizations.isSuccess ? organizations.data[0]?.organization_id : undefined);
  const applications = useQuery(() => ({
    ...queries.applications(first() ?? ""),
    enabled: first() !== undefined,
  }));
  const last = () => {
    const known = organizations.isSuccess ? organizations.data : [];
    return known.some((one) => lastPlace()?.startsWith(`/o/${one.organization_id}/`)) ? lastPlace() : null;
  };
  return (
    <QueryView query={organizations} skeleton={<BlockSkeleton class="h-64" />}>
      {() => (
        <Switch>
          <Match when={last()}>{(href) => <Navigate href={href()} />}</Match>
          <Match when={first() === undefined}>
            <Navigate href="/welcome" />
          </Match>
          <Match when={applications.isSuccess}>
            <Show
              when={applications.isSuccess && applications.data[0]}
              fallback={<Navigate href={`/welcome/application?organization=${first()}`} />}
            >
              {(one) => <Navigate href={`/o/${first()}/a/${one().application_id}`} />}
            </Show>
          </Match>
        </Switch>
      )}
    </QueryView>
  );
}

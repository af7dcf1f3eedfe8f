import { useLocation } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createMemo } from "solid-js";
import { lastPlace } from "./last-place.ts";
import { queries } from "../data/queries.ts";

const PLACE = /^\/o\/([^/]+)(?:\/a\/([^/]+))?/;

/** The organization and the application that the URL is in, and what this person may do there. */
export function useScope() {
  const location = useLocation();
  const organizations = useQuery(queries.organizations);
  const place = createMemo(() => PLACE.exec(location.pathname));
  // On pages of none, the application one comes from: its navigation stays, and so does the way back.
  const last = createMemo(() => {
    const [, organizationId, applicationId] = PLACE.exec(lastPlace() ?? "") ?? [];
    const isKnown =
      organizations.isSuccess && organizations.data.some((one) => one.organization_id === organizationId);
    return isKnown ? { organizationId, applicationId } : undefined;
  });
  const org = () => place()?.[1] ?? last()?.organizationId ?? "";
  const app = () =>
    place()?.[2] ?? (last()?.organizationId === org() ? last()?.applicationId : undefined) ?? "";
  const organization = createMemo(() =>
    organizations.isSuccess ? organizations.data.find((one) => one.organization_id === org()) : undefined,
  );
  return {
    org,
    app,
    organization,
    organizations: () => (organizations.isSuccess ? organizations.data : []),
    /** Viewers read; nothing they may not do is offered to them. */
    mayEdit: () => organization() !== undefined && organization()?.role !== "viewer",
    orgPath: (path = "") => `/o/${org()}${path}`,
    appPath: (path = "") => `/o/${org()}/a/${app()}${path}`,
  };
}

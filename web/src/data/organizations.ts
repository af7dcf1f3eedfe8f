import { send } from "./transport.ts";

export type Role = "viewer" | "editor";

export interface Organization {
  readonly organization_id: string;
  readonly name: string;
  readonly role: Role | "master";
  readonly plan: { readonly name: string; readonly label: string } | null;
}

export interface Member {
  readonly user_id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly role: Role;
}

export interface OrganizationInfo {
  readonly organization_id: string;
  readonly name: string;
  readonly users: readonly Member[];
  readonly quotas: {
    readonly members_per_organization_limit: number;
    readonly applications_per_organization_limit: number;
    readonly events_per_day_limit: number;
    readonly days_of_events_retention_limit: number;
  };
  readonly consumption: {
    readonly members: number;
    readonly applications: number;
    readonly events_per_day: number | null;
  };
}

export interface EventsPerDayEntry {
  readonly application_id: string;
  readonly application_name: string;
  readonly date: string;
  readonly amount: number;
}

const one = (id: string) => `/organizations/${id}`;

export const listOrganizations = () => send<Organization[]>("GET", "/organizations");
export const getOrganization = (id: string) => send<OrganizationInfo>("GET", one(id));
export const createOrganization = (name: string) =>
  send<OrganizationInfo>("POST", "/organizations", { name });
export const renameOrganization = (id: string, name: string) => send<OrganizationInfo>("PUT", one(id), { name });
export const deleteOrganization = (id: string) => send<void>("DELETE", one(id));
export const inviteMember = (id: string, email: string, role: Role) =>
  send<void>("POST", `${one(id)}/invite`, { email, role });
export const changeRole = (id: string, user_id: string, role: Role) =>
  send<void>("PUT", `${one(id)}/invite`, { user_id, role });
export const removeMember = (id: string, user_id: string) =>
  send<void>("DELETE", `${one(id)}/invite`, { user_id });
export const eventsPerDayOfOrganization = (id: string, from: string, to: string) =>
  send<EventsPerDayEntry[]>(
    "GET",
    `/events_per_day/organization?${new URLSearchParams({ organization_id: id, from, to }).toString()}`,
  );

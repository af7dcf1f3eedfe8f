import type { InferResponseType } from "hono/client";
import { api } from "./api.ts";

const one = api.organizations[":organization_id"];

export type Role = "viewer" | "editor";
export type OrganizationInfo = InferResponseType<typeof one.$get, 200>;
export type Member = OrganizationInfo["users"][number];
export type EventsPerDayEntry = InferResponseType<typeof api.events_per_day.organization.$get, 200>[number];

export const createOrganization = async (name: string) =>
  (await api.organizations.$post({ json: { name } })).json();
export const renameOrganization = (organization_id: string, name: string) =>
  one.$put({ param: { organization_id }, json: { name } });
export const deleteOrganization = (organization_id: string) => one.$delete({ param: { organization_id } });
export const inviteMember = (organization_id: string, email: string, role: Role) =>
  one.invite.$post({ param: { organization_id }, json: { email, role } });
export const changeRole = (organization_id: string, user_id: string, role: Role) =>
  one.invite.$put({ param: { organization_id }, json: { user_id, role } });
export const removeMember = (organization_id: string, user_id: string) =>
  one.invite.$delete({ param: { organization_id }, json: { user_id } });

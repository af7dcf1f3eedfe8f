import type { InferInput } from "valibot";
import type { InvitePost, RevokePost, RolePost } from "#core/member.ts";
import type { Organization, OrganizationInfo, OrganizationPost } from "#core/organization.ts";
import { email, organizationId, userId } from "#functions/api/examples/ids.ts";

export const organizationPost: InferInput<typeof OrganizationPost> = { name: "Acme" };
export const organization: Organization = {
  organization_id: organizationId,
  name: "Acme",
  role: "editor",
  plan: null,
};
export const organizationInfo: OrganizationInfo = {
  organization_id: organizationId,
  name: "Acme",
  plan: null,
  users: [{ user_id: userId, email, first_name: "Ada", last_name: "Lovelace", role: "editor" }],
  quotas: {
    members_per_organization_limit: 10,
    applications_per_organization_limit: 5,
    events_per_day_limit: 100_000,
    days_of_events_retention_limit: 30,
  },
  consumption: { members: 1, applications: 1, events_per_day: 1_280 },
  onboarding_steps: { application: "Done", event_type: "Done", subscription: "Done", event: "ToDo" },
};
export const invitePost: InferInput<typeof InvitePost> = { email: "grace@example.com", role: "viewer" };
export const revokePost: InferInput<typeof RevokePost> = { user_id: userId };
export const rolePost: InferInput<typeof RolePost> = { user_id: userId, role: "editor" };

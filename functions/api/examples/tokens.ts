import type { InferInput } from "valibot";
import type { TokenExplanation } from "#core/auth/token-explanation.ts";
import type { RevokedToken, RevokedTokenPost } from "#core/revoked-token.ts";
import type { ServiceToken, ServiceTokenPost } from "#core/service-token.ts";
import { biscuit, organizationId, revocationId, serviceTokenId } from "#functions/api/examples/ids.ts";

export const serviceTokenPost: InferInput<typeof ServiceTokenPost> = {
  organization_id: organizationId,
  name: "Checkout service",
};
export const serviceToken: ServiceToken = {
  token_id: serviceTokenId,
  name: "Checkout service",
  biscuit,
  created_at: new Date("2026-11-20T09:00:00Z"),
};
export const revokedTokenPost: InferInput<typeof RevokedTokenPost> = {
  organization_id: organizationId,
  token: biscuit,
};
export const revokedToken: RevokedToken = { revocation_id: revocationId };

const nothing = {
  actions: null,
  application_ids: null,
  subscription_ids: null,
  event_types: null,
  labels: null,
  actions_without_labels: null,
  source_networks: null,
  not_before: null,
  expires_at: null,
};
export const tokenExplanation: TokenExplanation = {
  kind: "service_token",
  summary: `A service token of organization ${organizationId}: may do everything in it, within these limits. May only take the action event:ingest. Only for event type order.**.`,
  state: "valid",
  valid_from: null,
  valid_until: null,
  organizations: [{ organization_id: organizationId, role: null }],
  application_id: null,
  actions: ["event:ingest"],
  limits: [
    {
      ...nothing,
      words: "May only take the action event:ingest.",
      revocation_id: revocationId,
      actions: ["event:ingest"],
    },
    {
      ...nothing,
      words: "Only for event type order.**.",
      revocation_id: revocationId,
      event_types: ["order.*.*"],
    },
  ],
  other_rules: [],
};

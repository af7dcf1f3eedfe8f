import type { InferInput } from "valibot";
import type { ApplicationSecret, ApplicationSecretPost } from "#core/application-secret.ts";
import type { Application, ApplicationInfo, ApplicationPost } from "#core/application.ts";
import type { PublicKeys } from "#core/signing-key.ts";
import { applicationId, organizationId } from "#functions/api/examples/ids.ts";

export const applicationPost: InferInput<typeof ApplicationPost> = {
  organization_id: organizationId,
  name: "Shop",
};
export const application: Application = {
  application_id: applicationId,
  name: "Shop",
  organization_id: organizationId,
};
export const applicationInfo: ApplicationInfo = {
  ...application,
  quotas: { events_per_day_limit: 100_000, days_of_events_retention_limit: 30 },
  consumption: { events_per_day: 1_280 },
  onboarding_steps: { event_type: "Done", subscription: "Done", event: "ToDo" },
};
export const secretPost: InferInput<typeof ApplicationSecretPost> = {
  application_id: applicationId,
  name: "Checkout service",
};
export const secret: ApplicationSecret = {
  token: "2a92ca9d-0d41-4bc2-b84c-1205131d3306",
  name: "Checkout service",
  created_at: new Date("2026-11-20T09:00:00Z"),
  deleted_at: null,
};
/** RFC 8037, appendix A.3. */
export const publicKeys: PublicKeys = {
  keys: [
    {
      kty: "OKP",
      crv: "Ed25519",
      alg: "EdDSA",
      use: "sig",
      kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      whpk: "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    },
  ],
};

import * as v from "valibot";

export const QuotaLimits = v.object({
  global_members_per_organization_limit: v.number(),
  global_applications_per_organization_limit: v.number(),
  global_events_per_day_limit: v.number(),
  global_days_of_events_retention_limit: v.number(),
  global_subscriptions_per_application_limit: v.number(),
  global_event_types_per_application_limit: v.number(),
});
export type QuotaLimits = v.InferOutput<typeof QuotaLimits>;

export interface QuotaSettings {
  readonly enabled: boolean;
  readonly limits: QuotaLimits;
}

/** What Hook0 reports for a limit that is not enforced. */
const UNLIMITED = 2_147_483_647;

/** The instance's limits; each is 2147483647 when enforcement is off (Hook0 6.1). */
export function quotaLimits(settings: QuotaSettings): QuotaLimits {
  if (settings.enabled) return settings.limits;
  return {
    global_members_per_organization_limit: UNLIMITED,
    global_applications_per_organization_limit: UNLIMITED,
    global_events_per_day_limit: UNLIMITED,
    global_days_of_events_retention_limit: UNLIMITED,
    global_subscriptions_per_application_limit: UNLIMITED,
    global_event_types_per_application_limit: UNLIMITED,
  };
}

import { problemDocument } from "#core/problem.ts";
import type { Health } from "#core/health.ts";
import type { QuotaLimits } from "#core/quota.ts";
import { biscuitPublicKey } from "#functions/api/examples/ids.ts";

export const instanceConfig = {
  biscuit_public_key: biscuitPublicKey,
  registration_disabled: false,
  password_minimum_length: 12,
  auto_db_migration: true,
  application_secret_compatibility: true,
  quota_enforcement: false,
  support_email_address: "help@example.com",
  matomo: null,
  formbricks: null,
  cloudflare_turnstile_site_key: null,
};
export const problem = problemDocument("NotFound");

const limits: QuotaLimits = {
  global_members_per_organization_limit: 10,
  global_applications_per_organization_limit: 5,
  global_events_per_day_limit: 100_000,
  global_days_of_events_retention_limit: 30,
  global_subscriptions_per_application_limit: 100,
  global_event_types_per_application_limit: 200,
};
export const quotas = { enabled: true, limits };
export const environmentVariable = {
  name: "MAX_RETRIES",
  env_var: "MAX_RETRIES",
  description: "Attempts after the first before a delivery is given up",
  default: "24",
  sensitive: false,
  required: false,
  group: "Delivery",
};
export const health: Health = {
  database: true,
  pulsar: null,
  object_storage: null,
  database_duration_ms: 2,
  total_duration_ms: 2,
};

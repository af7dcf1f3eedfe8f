import { Hono } from "hono";
import * as v from "valibot";
import { PASSWORD_LENGTH_MIN } from "#core/auth/password.ts";
import { checkHealth, Health } from "#core/health.ts";
import { PAYLOAD_CONTENT_TYPES } from "#core/ingest.ts";
import { Problem, problemDocument, problems, type ProblemId } from "#core/problem.ts";
import { QuotaLimits, quotaLimits } from "#core/quota.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/instance.ts";
import { operation, ProblemSchema } from "#functions/api/operation.ts";

const InstanceConfig = v.object({
  biscuit_public_key: v.string(),
  registration_disabled: v.boolean(),
  password_minimum_length: v.number(),
  auto_db_migration: v.boolean(),
  application_secret_compatibility: v.boolean(),
  quota_enforcement: v.boolean(),
  support_email_address: v.string(),
  matomo: v.null(),
  formbricks: v.null(),
  cloudflare_turnstile_site_key: v.null(),
});

const EnvironmentVariable = v.object({
  name: v.string(),
  env_var: v.string(),
  description: v.string(),
  default: v.nullable(v.string()),
  sensitive: v.boolean(),
  required: v.boolean(),
  group: v.string(),
});

/** What anyone may ask about this instance. */
export const instanceRoutes = ({ ctx, keyring, settings }: ApiDeps) =>
  new Hono<ApiEnv>()
    .get(
      "/instance",
      operation("instance.get", {
        summary: "Configuration of this instance",
        tag: "Instance",
        success: [200, InstanceConfig],
        example: Example.instanceConfig,
        isPublic: true,
      }),
      (c) =>
        c.json(
          {
            biscuit_public_key: keyring.biscuits.publicKey,
            registration_disabled: settings.isRegistrationDisabled,
            password_minimum_length: PASSWORD_LENGTH_MIN,
            auto_db_migration: true,
            application_secret_compatibility: true,
            quota_enforcement: ctx.quotas.enabled,
            support_email_address: settings.supportEmailAddress,
            matomo: null,
            formbricks: null,
            cloudflare_turnstile_site_key: null,
          } satisfies v.InferOutput<typeof InstanceConfig>,
          200,
        ),
    )
    .get(
      "/errors",
      operation("errors.list", {
        summary: "Every problem that this API can answer",
        tag: "Instance",
        success: [200, v.array(ProblemSchema)],
        example: [Example.problem],
        isPublic: true,
      }),
      (c) =>
        c.json(
          Object.keys(problems).map((id) => problemDocument(id as ProblemId)),
          200,
        ),
    )
    .get(
      "/quotas",
      operation("quotas.get", {
        summary: "Limits of this instance",
        tag: "Instance",
        success: [200, v.object({ enabled: v.boolean(), limits: QuotaLimits })],
        example: Example.quotas,
        isPublic: true,
      }),
      (c) => c.json({ enabled: ctx.quotas.enabled, limits: quotaLimits(ctx.quotas) }, 200),
    )
    .get(
      "/payload_content_types",
      operation("payload_content_types.list", {
        summary: "Content types that an event's payload may have",
        tag: "Events",
        success: [200, v.array(v.string())],
        example: [...PAYLOAD_CONTENT_TYPES],
        isPublic: true,
      }),
      (c) => c.json([...PAYLOAD_CONTENT_TYPES], 200),
    )
    .get(
      "/environment_variables",
      operation("environment_variables.list", {
        summary: "Settings of this instance, without their values",
        tag: "Instance",
        success: [200, v.array(EnvironmentVariable)],
        example: [Example.environmentVariable],
        isPublic: true,
      }),
      (c) => c.json(settings.environmentVariables, 200),
    )
    .get(
      "/health",
      operation("health.get", {
        summary: "Whether the ledger can be reached",
        tag: "Instance",
        success: [200, Health],
        example: Example.health,
        isPublic: true,
      }),
      async (c) => {
        if (settings.healthCheckKey === undefined) throw new Problem("NotFound");
        const isAllowed = settings.healthCheckKey === "" || c.req.query("key") === settings.healthCheckKey;
        if (!isAllowed) throw new Problem("Forbidden");
        const health = await checkHealth(ctx);
        return c.json(health, health.database ? 200 : 503);
      },
    );

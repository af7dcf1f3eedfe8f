import { Hono } from "hono";
import * as v from "valibot";
import { Uuid } from "#core/schema.ts";
import * as SigningKey from "#core/signing-key.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/applications.ts";
import { anonymous } from "#functions/api/middleware/rate-limit.ts";
import { param } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

/** A receiver need not ask at every delivery. */
const CACHE_CONTROL = "public, max-age=3600";

/** What anyone needs to verify an application's Ed25519 signatures. */
export const signingKeyRoutes = (deps: ApiDeps) =>
  new Hono<ApiEnv>().get(
    "/applications/:application_id/jwks.json",
    operation("applications.publicKeys", {
      summary: "Public keys of an application's Ed25519 signatures",
      tag: "Signatures",
      success: [200, SigningKey.PublicKeys],
      example: Example.publicKeys,
      isPublic: true,
    }),
    anonymous(deps),
    param(v.object({ application_id: Uuid })),
    async (c) => {
      const keys = await SigningKey.publicKeys(deps.ctx, c.req.valid("param").application_id);
      return c.json(keys, 200, { "cache-control": CACHE_CONTROL });
    },
  );

import { Hono } from "hono";
import * as v from "valibot";
import * as Member from "#core/member.ts";
import * as Organization from "#core/organization.ts";
import { Uuid } from "#core/schema.ts";
import { auditing } from "#functions/api/audited.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/organizations.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { json, param } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";
import { requireUser } from "#functions/api/routes/auth.ts";

const tag = "Organizations Management";
const Path = v.object({ organization_id: Uuid });

export const organizationRoutes = (deps: ApiDeps) => {
  const { ctx, flushMail } = deps;
  const { may, mayInOrganization } = authorization(deps);
  const audited = auditing(deps);
  return new Hono<ApiEnv>()
    .get(
      "/organizations",
      operation("organizations.list", {
        summary: "List organizations",
        tag,
        success: [200, v.array(Organization.Organization)],
        example: [Example.organization],
      }),
      may("organization:list"),
      async (c) => c.json(await Organization.list(ctx, c.var.caller), 200),
    )
    .post(
      "/organizations",
      operation("organizations.create", {
        summary: "Found an organization",
        tag,
        success: [200, Organization.OrganizationInfo],
        example: Example.organizationInfo,
      }),
      may("organization:create"),
      json(Organization.OrganizationPost, Example.organizationPost),
      async (c) => {
        const { userId } = requireUser(c.var.caller);
        return c.json(await Organization.create(ctx, userId, c.req.valid("json")), 200);
      },
    )
    .get(
      "/organizations/:organization_id",
      operation("organizations.get", {
        summary: "Get an organization",
        tag,
        success: [200, Organization.OrganizationInfo],
        example: Example.organizationInfo,
      }),
      mayInOrganization("organization:get", "param"),
      param(Path),
      async (c) => c.json(await Organization.get(ctx, c.req.valid("param").organization_id), 200),
    )
    .put(
      "/organizations/:organization_id",
      operation("organizations.edit", {
        summary: "Rename an organization",
        tag,
        success: [200, Organization.OrganizationInfo],
        example: Example.organizationInfo,
      }),
      mayInOrganization("organization:edit", "param"),
      param(Path),
      json(Organization.OrganizationPost, Example.organizationPost),
      async (c) => {
        const { organization_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => Organization.rename(ctx, organization_id, input)), 200);
      },
    )
    .delete(
      "/organizations/:organization_id",
      operation("organizations.delete", { summary: "Delete an organization", tag, success: [204, null] }),
      mayInOrganization("organization:delete", "param"),
      param(Path),
      async (c) => {
        await Organization.remove(ctx, c.req.valid("param").organization_id);
        return c.body(null, 204);
      },
    )
    .post(
      "/organizations/:organization_id/invite",
      operation("organizations.invite", {
        summary: "Add a person, or invite one who has no account yet by mail",
        tag,
        success: [200, Member.InvitePost],
        example: Example.invitePost,
      }),
      mayInOrganization("organization:invite", "param"),
      param(Path),
      json(Member.InvitePost, Example.invitePost),
      async (c) => {
        const { organization_id } = c.req.valid("param");
        const invited = await audited(c, (ctx) => Member.invite(ctx, organization_id, c.req.valid("json")));
        await flushMail();
        return c.json(invited, 200);
      },
    )
    .delete(
      "/organizations/:organization_id/invite",
      operation("organizations.revoke", {
        summary: "Remove a member",
        tag,
        success: [200, Member.RevokePost],
        example: Example.revokePost,
      }),
      mayInOrganization("organization:revoke", "param"),
      param(Path),
      json(Member.RevokePost, Example.revokePost),
      async (c) => {
        const { organization_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => Member.remove(ctx, organization_id, input)), 200);
      },
    )
    .put(
      "/organizations/:organization_id/invite",
      operation("organizations.edit_role", {
        summary: "Change a member's role",
        tag,
        success: [200, Member.RolePost],
        example: Example.rolePost,
      }),
      mayInOrganization("organization:edit_role", "param"),
      param(Path),
      json(Member.RolePost, Example.rolePost),
      async (c) => {
        const { caller } = c.var;
        const actorId = caller.kind === "user" ? caller.userId : null;
        const { organization_id } = c.req.valid("param");
        const input = c.req.valid("json");
        return c.json(await audited(c, (ctx) => Member.setRole(ctx, organization_id, actorId, input)), 200);
      },
    );
};

import { randomBytes, randomUUID } from "node:crypto";
import * as v from "valibot";
import * as Application from "#core/application.ts";
import * as ApplicationSecret from "#core/application-secret.ts";
import type { Biscuits } from "#core/auth/biscuit.ts";
import { hashPassword } from "#core/auth/password.ts";
import * as EventType from "#core/event-type.ts";
import * as ServiceToken from "#core/service-token.ts";
import * as Subscription from "#core/subscription.ts";
import { EXAMPLE_EVENT_TYPE, EXAMPLE_LABELS } from "./example.ts";

/** What a newcomer needs to send a first event and see it arrive. */
export interface Seed {
  readonly organization_id: string;
  readonly application_id: string;
  readonly application_secret: string;
  readonly service_token: string;
  readonly email: string;
  readonly password: string;
}

/** Makes an organization with a person, an application, its tokens and a subscription of the inspector. */
export async function seed(
  ctx: Subscription.SubscriptionContext,
  biscuits: Biscuits,
  inspectorUrl: string,
): Promise<Seed> {
  const created_at = ctx.now();
  const password = randomBytes(12).toString("base64url");
  const email = `${randomUUID().slice(0, 8)}@columba.local`;
  const organization_id = await ctx.db.transaction().execute(async (tx) => {
    const organization = await tx
      .insertInto("organization")
      .values({ name: "Local organization", created_at })
      .returning("organization_id")
      .executeTakeFirstOrThrow();
    const user = await tx
      .insertInto("user_account")
      .values({
        email,
        password_hash: await hashPassword(password),
        first_name: "Local",
        last_name: "Developer",
        created_at,
        email_verified_at: created_at,
      })
      .returning("user_id")
      .executeTakeFirstOrThrow();
    await tx
      .insertInto("organization_member")
      .values({ ...organization, ...user, role: "editor", created_at })
      .execute();
    return organization.organization_id;
  });
  const { application_id } = await Application.create(ctx, { organization_id, name: "Local application" });
  const [secret] = await ApplicationSecret.list(ctx, application_id);
  const { biscuit } = await ServiceToken.create(ctx, biscuits, { organization_id, name: "Local token" });
  const [service = "", resource_type = "", verb = ""] = EXAMPLE_EVENT_TYPE.split(".");
  await EventType.create(ctx, { application_id, service, resource_type, verb });
  const subscription = v.parse(Subscription.SubscriptionPost, {
    application_id,
    is_enabled: true,
    event_types: [EXAMPLE_EVENT_TYPE],
    description: "The built-in inspector",
    labels: EXAMPLE_LABELS,
    target: { type: "http", method: "POST", url: inspectorUrl, headers: {} },
  });
  await Subscription.create(ctx, subscription);
  return {
    organization_id,
    application_id,
    application_secret: secret?.token ?? "",
    service_token: biscuit,
    email,
    password,
  };
}

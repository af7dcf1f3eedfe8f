import * as ServiceToken from "#core/service-token.ts";
import { attenuate } from "./attenuate.ts";
import { putSchema } from "./payload-schemas.ts";
import type { Fixtures } from "./routes.ts";
import { createMember, createTenant, eventPost, subscriptionPost, type World } from "./world.ts";

/** A tenant with one of everything: a subscription, a delivered event, a member, a spare and an attenuated token. */
export async function createFixtures(world: World, url: string): Promise<Fixtures> {
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const subscription = await world.call("POST", "/subscriptions", token, subscriptionPost(tenant, url));
  const event = await world.call("POST", "/event", token, eventPost(tenant));
  await putSchema(world, tenant, "warn", { type: "object" });
  await world.runDelivery(await world.receive());
  const attempts = await world.call(
    "GET",
    `/request_attempts?application_id=${tenant.application_id}`,
    token,
  );
  const { organization_id, application_id } = tenant;
  const replay = await world.call("POST", "/replays", token, { application_id, filter: {} });
  const nothing = { application_id, labels: { customer: "nobody" } };
  const erasure = await world.call("POST", "/erasures", token, nothing);
  const spare = await ServiceToken.create(world.ctx, world.biscuits, { organization_id, name: "spare" });
  return {
    ...tenant,
    subscription_id: subscription.json.subscription_id,
    event_id: event.json.event_id,
    request_attempt_id: attempts.json[0].request_attempt_id,
    replay_id: replay.json.replay_id,
    erasure_id: erasure.json.erasure_id,
    member_id: (await createMember(world, organization_id, "viewer")).user_id,
    spare_token_id: spare.token_id,
    child_token: await attenuate(token, "check if true"),
  };
}

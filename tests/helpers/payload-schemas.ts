import type { Tenant, World } from "./world.ts";

/** Of `shop.order.paid`: an order that is a whole number, not below 0. */
export const orderSchema = {
  type: "object",
  required: ["order"],
  properties: { order: { type: "integer", minimum: 0 } },
};

/** Adds a version of the schema of `shop.order.paid` and sets its mode. */
export async function putSchema(
  world: Pick<World, "call">,
  { application_id, service_token }: Tenant,
  mode: "off" | "warn" | "enforce",
  schema: object = orderSchema,
): Promise<number> {
  const path = "/event_types/shop.order.paid";
  const created = await world.call("POST", `${path}/schemas`, service_token, { application_id, schema });
  const set = await world.call("PUT", `${path}/schema_mode`, service_token, { application_id, mode });
  if (set.status !== 200) throw new Error(set.text);
  return created.json.version;
}

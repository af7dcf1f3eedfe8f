import type { Outgoing } from "#core/delivery/send.ts";

/** A request to an endpoint that the test has yet to name. */
export const outgoing: Outgoing = {
  event_id: "01a209a1-571a-7994-967a-9a4be4d5bdd2",
  event_type_name: "shop.order.paid",
  payload: Buffer.from("hello"),
  payload_content_type: "text/plain",
  secret: "secret",
  signing: null,
  target_method: "POST",
  target_url: "",
  target_headers: {},
  timeout_seconds: null,
};

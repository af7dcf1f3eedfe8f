/** The seeded event type and label; the seeded subscription sends such events to the inspector. */
export const EXAMPLE_EVENT_TYPE = "shop.order.paid";
export const EXAMPLE_LABELS = { environment: "local" };

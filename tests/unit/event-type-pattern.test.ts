import * as v from "valibot";
import { expect, test } from "vitest";
import { EventTypeSelector } from "#core/schema.ts";

test.each([
  ["*", "`**` stands for one or more"],
  ["order.*", "2 of the 3 parts"],
  ["order.*.paid.*", "at least 4 parts"],
  ["order.created.paid.**", "at least 4 parts"],
  ["order..*", "empty part"],
  [`${"x".repeat(51)}.**`, "longer than 50"],
])("the pattern %s can match nothing, and is refused with the reason", (pattern, reason) => {
  const parsed = v.safeParse(EventTypeSelector, pattern);
  expect(parsed.success).toBe(false);
  expect(parsed.issues?.[0]?.message).toContain(reason);
});

test.each(["**", "*.*.*", "order.**", "**.paid", "order.*.paid", "**.order.**", "shop.order.paid", "a*.b.c"])(
  "%s is a name or a pattern that can match",
  (selector) => expect(v.safeParse(EventTypeSelector, selector).success).toBe(true),
);

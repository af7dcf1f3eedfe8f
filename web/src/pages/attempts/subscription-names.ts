import { useQuery } from "@tanstack/solid-query";
import { createMemo } from "solid-js";
import type { RequestAttempt, Subscription } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";

export const nameOf = (subscription: Pick<Subscription, "description" | "target">) =>
  subscription.description ?? subscription.target.url.replace(/^https?:\/\//, "");

/** What people call the subscriptions of an application: their description, else their address. */
export function useSubscriptionNames(application: () => string) {
  const subscriptions = useQuery(() => queries.subscriptions(application()));
  const known = createMemo(() => (subscriptions.isSuccess ? subscriptions.data : []));
  const names = createMemo(() => new Map(known().map((one) => [one.subscription_id, nameOf(one)])));
  return {
    of: (attempt: Pick<RequestAttempt, "subscription">) =>
      names().get(attempt.subscription.subscription_id) ??
      attempt.subscription.description ??
      `${attempt.subscription.subscription_id.slice(0, 8)}… (deleted)`,
    ofId: (id: string) => names().get(id) ?? `${id.slice(0, 8)}… (deleted)`,
    options: () => [...names()],
  };
}

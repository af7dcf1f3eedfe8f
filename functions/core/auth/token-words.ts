import type { TokenLimits } from "#core/auth/token-limits.ts";

/** The limits as sentences that a person can read out. */
export function wordsOf(limits: TokenLimits): string {
  const { actions, applicationIds, subscriptionIds, eventTypes, labels, sourceNetworks } = limits;
  const labelled = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const free = limits.actionsWithoutLabels ?? [];
  return [
    actions && `May only take ${listed("the action", actions)}.`,
    applicationIds && `Only in ${listed("application", applicationIds)}.`,
    subscriptionIds && `Only for ${listed("subscription", subscriptionIds)}.`,
    eventTypes && `Only for ${listed("event type", eventTypes)}.`,
    labels &&
      `Only for what carries ${listed("the label", labelled)}${free.length > 0 ? `, or ${listed("the action", free)}` : ""}.`,
    sourceNetworks && `Only for requests from ${listed("network", sourceNetworks)}.`,
    limits.notBefore && `Not before ${limits.notBefore.toISOString()}.`,
    limits.expiresAt && `Until ${limits.expiresAt.toISOString()}.`,
  ]
    .filter((sentence) => typeof sentence === "string")
    .join(" ");
}

function listed(noun: string, things: readonly string[]): string {
  const last = things.at(-1) ?? "";
  return things.length === 1 ? `${noun} ${last}` : `${noun}s ${things.slice(0, -1).join(", ")} and ${last}`;
}

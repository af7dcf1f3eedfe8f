import type { Replay } from "../../data/api.ts";

export type DeliveryStatus = Replay["filter"]["status"];

/** Which deliveries a replay takes, from the narrowest to the widest. */
export const statuses: readonly (readonly [value: DeliveryStatus, label: string])[] = [
  ["dead", "Dead letters"],
  ["failed", "Failed, not delivered since"],
  ["never_attempted", "Never sent"],
  ["all", "Everything, delivered or not"],
];

export const statusWords = (status: DeliveryStatus) =>
  statuses.find(([value]) => value === status)?.[1] ?? status;

/** How many, when all were counted; at least how many, when there were too many to count. */
export const expectedWords = ({
  attempts_expected,
  is_exact,
}: Pick<Replay, "attempts_expected" | "is_exact">) =>
  `${attempts_expected.toLocaleString()}${is_exact ? "" : " or more"}`;

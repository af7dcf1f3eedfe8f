import type { DeliveryStatistics, SubscriptionHealth } from "../../data/api.ts";
import { Badge } from "../../ui/Status.tsx";
import { DeliveredIcon, FailedIcon, WaitingIcon, WarningIcon } from "../../ui/icons.ts";

type Statistics = DeliveryStatistics["subscriptions"][number] | undefined;
type State = SubscriptionHealth["state"];

const looks = {
  disabled: { label: "Disabled", icon: WaitingIcon, class: "bg-sunken text-ink-2" },
  paused: { label: "Paused", icon: WaitingIcon, class: "bg-wait-soft text-wait" },
  quiet: { label: "No traffic", icon: WaitingIcon, class: "bg-sunken text-ink-2" },
  healthy: { label: "Healthy", icon: DeliveredIcon, class: "bg-ok-soft text-ok" },
  unsteady: { label: "Unsteady", icon: WarningIcon, class: "bg-wait-soft text-wait" },
  failing: { label: "Failing", icon: FailedIcon, class: "bg-bad-soft text-bad" },
} as const;

const FAILING_SHARE = 0.5;

/** How an endpoint does, from its attempts of the last day. */
function healthOf(isEnabled: boolean, statistics: Statistics): keyof typeof looks {
  if (!isEnabled) return "disabled";
  if (!statistics || statistics.delivered + statistics.failed === 0) return "quiet";
  if (statistics.failed === 0) return "healthy";
  const share = statistics.failed / (statistics.failed + statistics.delivered);
  return share >= FAILING_SHARE ? "failing" : "unsteady";
}

/** `state` is what the API says of the endpoint now; without it, the last day's attempts decide. */
export function Health(props: { isEnabled: boolean; statistics: Statistics; state?: State | undefined }) {
  const isSettled = () => props.state === undefined || props.state === "healthy";
  const look = () =>
    looks[isSettled() ? healthOf(props.isEnabled, props.statistics) : (props.state ?? "quiet")];
  return <Badge look={look()} />;
}

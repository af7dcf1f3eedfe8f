import type { Component } from "solid-js";
import {
  ActivityIcon,
  AuditIcon,
  BuildingIcon,
  EraseIcon,
  EventIcon,
  InboxIcon,
  KeyIcon,
  MembersIcon,
  OverviewIcon,
  ReplayIcon,
  SettingsIcon,
  SubscriptionIcon,
  TerminalIcon,
  TypesIcon,
} from "../ui/icons.ts";

interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: Component<{ size?: number }>;
  /** Not offered to viewers: the API would refuse them. */
  readonly editorsOnly?: boolean;
  /** Current only on this very path, not below it. */
  readonly exact?: boolean;
}

export const applicationPlaces: readonly Place[] = [
  { path: "", label: "Overview", icon: OverviewIcon, exact: true },
  { path: "/events", label: "Events", icon: EventIcon },
  { path: "/attempts", label: "Attempts", icon: ActivityIcon },
  { path: "/dead-letters", label: "Dead letters", icon: InboxIcon },
  { path: "/replays", label: "Replays", icon: ReplayIcon },
  { path: "/subscriptions", label: "Subscriptions", icon: SubscriptionIcon },
  { path: "/event-types", label: "Event types", icon: TypesIcon },
  { path: "/erasures", label: "Erasures", icon: EraseIcon },
  { path: "/secrets", label: "Secrets", icon: KeyIcon, editorsOnly: true },
  { path: "/settings", label: "Settings", icon: SettingsIcon },
];

export const organizationPlaces: readonly Place[] = [
  { path: "", label: "Organization", icon: BuildingIcon, exact: true },
  { path: "/members", label: "Members", icon: MembersIcon },
  { path: "/tokens", label: "Service tokens", icon: TerminalIcon, editorsOnly: true },
  { path: "/audit", label: "Audit log", icon: AuditIcon, editorsOnly: true },
  { path: "/settings", label: "Settings", icon: SettingsIcon },
];

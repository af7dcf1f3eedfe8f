import { api, readPage, type Page } from "./api.ts";

/** Filters of the attempt list, as they stand in the URL. */
export interface AttemptFilters {
  readonly event_id?: string | undefined;
  readonly subscription_id?: string | undefined;
  readonly "event.event_type_names"?: string | undefined;
  readonly status?: string | undefined;
  readonly min_created_at?: string | undefined;
  readonly max_created_at?: string | undefined;
  readonly pagination_cursor?: string | undefined;
}

/** Filters of the event list, as they stand in the URL. */
export interface EventFilters {
  readonly event_type_names?: string | undefined;
  readonly label?: string | undefined;
  readonly min_received_at?: string | undefined;
  readonly max_received_at?: string | undefined;
  readonly pagination_cursor?: string | undefined;
}

export type Period = "1h" | "24h" | "7d" | "30d";

/** What is asked for, under which key it is kept: the first part is what to invalidate when something changes. */
export const queries = {
  instance: () => ({
    queryKey: ["instance"],
    queryFn: async () => (await api.instance.$get()).json(),
    staleTime: Infinity,
  }),
  organizations: () => ({
    queryKey: ["organizations"],
    queryFn: async () => (await api.organizations.$get()).json(),
    staleTime: 60_000,
  }),
  organization: (organization_id: string) => ({
    queryKey: ["organization", organization_id],
    queryFn: async () =>
      (await api.organizations[":organization_id"].$get({ param: { organization_id } })).json(),
  }),
  auditLog: (organization_id: string, before: string | undefined) => ({
    queryKey: ["audit_log", organization_id, before],
    queryFn: async () =>
      (await api.audit_log.$get({ query: { organization_id, ...(before && { before }) } })).json(),
  }),
  organizationEventsPerDay: (organization_id: string, from: string, to: string) => ({
    queryKey: ["events_per_day", organization_id, from, to],
    queryFn: async () =>
      (await api.events_per_day.organization.$get({ query: { organization_id, from, to } })).json(),
  }),
  serviceTokens: (organization_id: string) => ({
    queryKey: ["service_tokens", organization_id],
    queryFn: async () => (await api.service_token.$get({ query: { organization_id } })).json(),
  }),
  applications: (organization_id: string) => ({
    queryKey: ["applications", organization_id],
    queryFn: async () => (await api.applications.$get({ query: { organization_id } })).json(),
  }),
  application: (application_id: string) => ({
    queryKey: ["application", application_id],
    queryFn: async () =>
      (await api.applications[":application_id"].$get({ param: { application_id } })).json(),
  }),
  secrets: (application_id: string) => ({
    queryKey: ["secrets", application_id],
    queryFn: async () => (await api.application_secrets.$get({ query: { application_id } })).json(),
    gcTime: 0,
  }),
  eventTypes: (application_id: string) => ({
    queryKey: ["event_types", application_id],
    queryFn: async () => (await api.event_types.$get({ query: { application_id } })).json(),
  }),
  eventType: (application_id: string, name: string) => ({
    queryKey: ["event_types", application_id, name],
    queryFn: async () =>
      (
        await api.event_types[":event_type_name"].$get({
          param: { event_type_name: encodeURIComponent(name) },
          query: { application_id },
        })
      ).json(),
  }),
  schemas: (application_id: string, name: string) => ({
    queryKey: ["event_types", application_id, name, "schemas"],
    queryFn: async () =>
      (
        await api.event_types[":event_type_name"].schemas.$get({
          param: { event_type_name: encodeURIComponent(name) },
          query: { application_id },
        })
      ).json(),
  }),
  schema: (application_id: string, name: string, version: number | undefined) => ({
    queryKey: ["event_types", application_id, name, "schemas", version],
    queryFn: async () =>
      (
        await api.event_types[":event_type_name"].schemas[":version"].$get({
          param: { event_type_name: encodeURIComponent(name), version: String(version) },
          query: { application_id },
        })
      ).json(),
    enabled: version !== undefined,
  }),
  schemaStatistics: (application_id: string, name: string) => ({
    queryKey: ["event_types", application_id, name, "statistics"],
    queryFn: async () =>
      (
        await api.event_types[":event_type_name"].schema_statistics.$get({
          param: { event_type_name: encodeURIComponent(name) },
          query: { application_id },
        })
      ).json(),
  }),
  subscriptions: (application_id: string) => ({
    queryKey: ["subscriptions", application_id],
    queryFn: async () => (await api.subscriptions.$get({ query: { application_id } })).json(),
  }),
  subscription: (subscription_id: string) => ({
    queryKey: ["subscription", subscription_id],
    queryFn: async () =>
      (await api.subscriptions[":subscription_id"].$get({ param: { subscription_id } })).json(),
  }),
  events: (application_id: string, filters: EventFilters) => ({
    queryKey: ["events", application_id, filters],
    queryFn: async () => readPage(await api.events.$get({ query: { application_id, ...given(filters) } })),
  }),
  event: (application_id: string, event_id: string) => ({
    queryKey: ["event", application_id, event_id],
    queryFn: async () =>
      (await api.events[":event_id"].$get({ param: { event_id }, query: { application_id } })).json(),
  }),
  explanation: (application_id: string, event_id: string, subscription_id: string) => ({
    queryKey: ["explanation", application_id, event_id, subscription_id],
    queryFn: async () => {
      const query = { application_id, subscription_id };
      return (await api.events[":event_id"].explanation.$get({ param: { event_id }, query })).json();
    },
  }),
  attempts: (application_id: string, filters: AttemptFilters) => ({
    queryKey: ["attempts", application_id, filters],
    queryFn: async () =>
      readPage(await api.request_attempts.$get({ query: { application_id, ...given(filters) } })),
  }),
  deadLetters: (application_id: string, filters: AttemptFilters) => ({
    queryKey: ["attempts", "dead", application_id, filters],
    queryFn: async () =>
      readPage(await api.dead_letters.$get({ query: { application_id, ...given(filters) } })),
  }),
  replays: (application_id: string) => ({
    queryKey: ["replays", application_id],
    queryFn: async () => onePage(await (await api.replays.$get({ query: { application_id } })).json()),
  }),
  erasures: (application_id: string) => ({
    queryKey: ["erasures", application_id],
    queryFn: async () => onePage(await (await api.erasures.$get({ query: { application_id } })).json()),
  }),
  subscriptionHealth: (subscription_id: string) => ({
    queryKey: ["subscription_health", subscription_id],
    queryFn: async () =>
      (await api.subscriptions[":subscription_id"].health.$get({ param: { subscription_id } })).json(),
  }),
  attempt: (application_id: string, request_attempt_id: string) => ({
    queryKey: ["attempt", application_id, request_attempt_id],
    queryFn: async () =>
      (
        await api.request_attempts[":request_attempt_id"].$get({
          param: { request_attempt_id },
          query: { application_id },
        })
      ).json(),
  }),
  response: (application_id: string, response_id: string) => ({
    queryKey: ["response", application_id, response_id],
    queryFn: async () =>
      (
        await api.responses[":response_id"].$get({ param: { response_id }, query: { application_id } })
      ).json(),
    staleTime: Infinity,
  }),
  statistics: (application_id: string, period: Period, subscription_id?: string) => ({
    queryKey: ["statistics", application_id, period, subscription_id],
    queryFn: async () =>
      (
        await api.delivery_statistics.$get({
          query: { application_id, period, ...(subscription_id && { subscription_id }) },
        })
      ).json(),
  }),
};

/** A list that the API does not cut into pages. */
const onePage = <T>(rows: T[]): Page<T> => ({ rows, next: null });

/** Without what is not set: an absent parameter and an empty one are not the same to the API. */
function given<T extends object>(filters: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ""),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

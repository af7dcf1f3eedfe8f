import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { RetryPolicy } from "#core/delivery/retry-policy.ts";
import type { SchemaMode } from "#core/event-type.ts";
import type { Definition, Finding } from "#core/payload-schema/validator.ts";
import type { SignatureForm } from "#core/signature-form.ts";

type StringMap = Readonly<Record<string, string>>;
type Json = JSONColumnType<StringMap>;
/** Set when the row is made and by nothing after. */
type Fixed<T> = ColumnType<T, T, never>;

export interface Tables {
  organization: {
    organization_id: Generated<string>;
    name: string;
    created_at: Fixed<Date>;
    plan_name: string | null;
  };
  plan: {
    name: string;
    label: string;
    members_per_organization_limit: number | null;
    applications_per_organization_limit: number | null;
    events_per_day_limit: number | null;
    days_of_events_retention_limit: number | null;
    subscriptions_per_application_limit: number | null;
    event_types_per_application_limit: number | null;
  };
  audit_entry: {
    audit_entry_id: Generated<string>;
    organization_id: string;
    application_id: string | null;
    actor_kind: string;
    actor_id: string | null;
    action: string;
    subject: string | null;
    ip: string;
    at: Fixed<Date>;
  };
  user_account: {
    user_id: Generated<string>;
    email: string;
    password_hash: string;
    first_name: string;
    last_name: string;
    created_at: Fixed<Date>;
    email_verified_at: Date | null;
  };
  organization_member: {
    organization_id: string;
    user_id: string;
    role: "viewer" | "editor";
    created_at: Fixed<Date>;
  };
  token: {
    token_id: Generated<string>;
    kind: "service_access";
    revocation_id: Buffer;
    organization_id: string;
    name: string;
    biscuit: string;
    created_at: Fixed<Date>;
    expires_at: Date | null;
  };
  session_token: {
    revocation_id: Buffer;
    kind: "user_access" | "refresh";
    user_id: string;
    session_id: string;
    created_at: Fixed<Date>;
    expires_at: Date;
  };
  revoked_block: {
    revocation_id: Buffer;
    organization_id: string;
    created_at: Fixed<Date>;
  };
  account_link: {
    token_hash: Buffer;
    user_id: string;
    purpose: "verify_email" | "reset_password";
    created_at: Fixed<Date>;
    expires_at: Date;
    used_at: Date | null;
  };
  invitation: {
    organization_id: string;
    email: string;
    role: "viewer" | "editor";
    created_at: Fixed<Date>;
  };
  outgoing_mail: {
    mail_id: Generated<string>;
    kind: string;
    address: string;
    data: JSONColumnType<object>;
    created_at: Fixed<Date>;
    due_at: Date;
    tries: Generated<number>;
  };
  application: {
    application_id: Generated<string>;
    organization_id: string;
    name: string;
    created_at: Fixed<Date>;
    deleted_at: Date | null;
    events_per_day_limit: number | null;
    days_of_events_retention_limit: number | null;
    has_patterns: Generated<boolean>;
  };
  application_signing_key: {
    application_id: string;
    key_pair: string;
    created_at: Fixed<Date>;
  };
  application_secret: {
    token: Generated<string>;
    application_id: string;
    name: string | null;
    created_at: Fixed<Date>;
    deleted_at: Date | null;
  };
  event_type: {
    application_id: string;
    event_type_name: string;
    service_name: string;
    resource_type_name: string;
    verb_name: string;
    created_at: Fixed<Date>;
    deactivated_at: Date | null;
    schema_mode: Generated<SchemaMode>;
    schema_version: number | null;
  };
  event_schema: {
    application_id: string;
    event_type_name: string;
    version: number;
    definition: JSONColumnType<Definition>;
    created_at: Fixed<Date>;
  };
  event_schema_day: {
    application_id: string;
    event_type_name: string;
    day: string;
    shard: number;
    warned: string;
    refused: string;
  };
  event: {
    application_id: string;
    event_id: string;
    event_type_name: string;
    payload: Buffer;
    payload_content_type: string;
    ip: string;
    metadata: Json;
    labels: Json;
    occurred_at: Fixed<Date>;
    received_at: Fixed<Date>;
    schema_version: number | null;
    schema_findings: JSONColumnType<Finding[]> | null;
  };
  event_trace: {
    application_id: string;
    event_id: string;
    traceparent: string;
    tracestate: string | null;
  };
  subscription: {
    subscription_id: Generated<string>;
    application_id: string;
    is_enabled: boolean;
    event_types: string[];
    description: string | null;
    secret: Generated<string>;
    signatures: Generated<SignatureForm[]>;
    standard_secret: Generated<string>;
    previous_secret: string | null;
    previous_standard_secret: string | null;
    previous_secrets_until: Date | null;
    metadata: Json;
    labels: Json;
    target_method: string;
    target_url: string;
    target_headers: Json;
    retry_policy: JSONColumnType<RetryPolicy> | null;
    timeout_seconds: number | null;
    rate_limit_per_second: number | null;
    concurrency_limit: number | null;
    forward_trace_context: Generated<boolean>;
    disabled_reason: "gone" | "failing" | null;
    created_at: Fixed<Date>;
    updated_at: Date;
    deleted_at: Date | null;
  };
  subscription_health: {
    subscription_id: string;
    failures: Generated<number>;
    failing_since: Date | null;
    paused_until: Date | null;
    pause_reason: "slowed" | "broken" | null;
    pauses: Generated<number>;
  };
  subscription_route: {
    application_id: string;
    event_type_name: string;
    anchor: string;
    subscription_id: string;
    labels: Json;
  };
  request_attempt: {
    request_attempt_id: Generated<string>;
    delivery_id: string;
    application_id: string;
    event_id: string;
    event_type_name: string;
    subscription_id: string;
    retry_count: number;
    created_at: Fixed<Date>;
    due_at: Date;
    enqueue_at: Date;
    lease_token: string | null;
    picked_at: Date | null;
    succeeded_at: Date | null;
    failed_at: Date | null;
    dead_at: Date | null;
    died_at: Date | null;
    response_error_name: string | null;
    response_status: number | null;
    response_headers: JSONColumnType<StringMap> | null;
    response_body: Buffer | null;
    response_elapsed_ms: number | null;
  };
  idempotency_key: {
    scope: Buffer;
    body_hash: Buffer;
    created_at: Date;
    lease_end: Date;
    status: number | null;
    content_type: string | null;
    body: string | null;
  };
  replay: {
    replay_id: Generated<string>;
    application_id: string;
    event_type_names: string[] | null;
    labels: Json | null;
    min_received_at: Date | null;
    max_received_at: Date;
    subscription_id: string | null;
    status: "all" | "dead" | "failed" | "never_attempted";
    attempts_per_second: number;
    state: "running" | "paused" | "completed" | "cancelled";
    attempts_expected: number;
    is_exact: boolean;
    attempts_made: Generated<number>;
    cursor_received_at: Date;
    cursor_event_id: Generated<string>;
    cursor_subscription_id: Generated<string>;
    next_due_at: Date;
    advanced_at: Date;
    created_at: Fixed<Date>;
    ended_at: Date | null;
  };
  analytics_watermark: {
    rolled_up_until: Date;
  };
  upkeep: {
    task: "retention";
    due_at: Date;
  };
  erasure: {
    erasure_id: Generated<string>;
    application_id: string;
    is_all_events: boolean;
    labels: Json;
    max_received_at: Date;
    state: "running" | "completed";
    events_erased: Generated<number>;
    attempts_erased: Generated<number>;
    cursor_received_at: Generated<Date>;
    cursor_event_id: Generated<string>;
    advanced_at: Date;
    created_at: Fixed<Date>;
    ended_at: Date | null;
  };
}

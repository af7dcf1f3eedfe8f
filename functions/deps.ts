import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { openDatabase } from "#core/db/client.ts";
import { createDueHints, type DueHints } from "#core/delivery/due-hints.ts";
import type { LeaseContext } from "#core/delivery/lease.ts";
import { createSender } from "#core/delivery/send.ts";
import { flushMail, type MailContext } from "#core/mail/outbox.ts";
import { UNLIMITED, type QuotaSettings } from "#core/quota.ts";
import { createRateLimiter, type RateLimits } from "#core/rate-limit.ts";
import type { ApiDeps } from "#functions/api/env.ts";
import { describeSettings, type Config, type SchedulerConfig, type WorkerConfig } from "#functions/config.ts";
import type { DeliveryDeps } from "#functions/delivery/create.ts";
import { createDynamoDbStore } from "#functions/hints/dynamodb.ts";
import { createFolderStore } from "#functions/hints/folder.ts";
import { createLogger } from "#functions/logger.ts";
import { createMailer } from "#functions/mailer.ts";
import { createMetrics, noMetrics, type Metrics } from "#functions/metrics.ts";
import { createDeliveryQueue } from "#functions/queue.ts";
import type { SchedulerDeps } from "#functions/scheduler/create.ts";

// The only place where real things are wired together, once a process.

export async function openApiDeps(config: Config): Promise<ApiDeps> {
  const log = createLogger("api", config.LOG_LEVEL);
  const ctx = {
    ...openContext(config, "columba-api"),
    quotas: quotasOf(config),
    publicTargetsOnly: !config.DISABLE_TARGET_IP_CHECK,
  };
  const mail = openMail(config, ctx);
  const hints = openHints(config, log);
  return {
    ctx,
    keyring: {
      biscuits: await createBiscuits({
        privateKey: config.BISCUIT_PRIVATE_KEY,
        previousPublicKey: config.BISCUIT_PREVIOUS_PUBLIC_KEY,
      }),
      masterApiKey: config.MASTER_API_KEY ?? null,
    },
    queue: createDeliveryQueue(openSqs(config), config.DELIVERIES_QUEUE_URL),
    hints,
    log,
    metrics: openMetrics(config, "api"),
    rateLimiter: config.DISABLE_RATE_LIMITS ? null : createRateLimiter(ctx, rateLimitsOf(config)),
    async flushMail() {
      void flushMail(mail).catch((error: unknown) => log.warn({ error }, "mail was not sent"));
      // What is not sent now, the scheduler sends.
      await hints?.note([ctx.now()]);
    },
    settings: {
      appUrl: appUrlOf(config),
      isRegistrationDisabled: config.DISABLE_REGISTRATION,
      supportEmailAddress: config.SUPPORT_EMAIL_ADDRESS,
      healthCheckKey: config.HEALTH_CHECK_KEY,
      environmentVariables: describeSettings(),
    },
  };
}

export function openDeliveryDeps(config: WorkerConfig): DeliveryDeps {
  const sqs = openSqs(config);
  const log = createLogger("delivery", config.LOG_LEVEL);
  return {
    ctx: {
      ...openContext(config, "columba-delivery"),
      sender: createSender({
        timeoutMs: config.DELIVERY_TIMEOUT_MS,
        connectTimeoutMs: config.DELIVERY_CONNECT_TIMEOUT_MS,
        publicTargetsOnly: !config.DISABLE_TARGET_IP_CHECK,
      }),
      retry: { retriesMax: config.MAX_RETRIES, windowSeconds: config.MAX_RETRY_WINDOW_SECONDS },
      health: {
        disableAfterSeconds: config.SUBSCRIPTION_DISABLE_AFTER_HOURS * 3_600,
        pauseAfterFailures: config.SUBSCRIPTION_PAUSE_AFTER_FAILURES,
      },
      random: Math.random,
      hints: openHints(config, log),
      queue: createDeliveryQueue(sqs, config.DELIVERIES_QUEUE_URL),
      report: (error, what) => log.error({ error }, what),
    },
    sqs,
    queueUrl: config.DELIVERIES_QUEUE_URL,
    log,
    metrics: openMetrics(config, "delivery"),
  };
}

export function openSchedulerDeps(config: SchedulerConfig): SchedulerDeps {
  const ctx = openContext(config, "columba-scheduler");
  return {
    mail: openMail(config, ctx),
    ctx: {
      ...ctx,
      quotas: quotasOf(config),
      queue: createDeliveryQueue(openSqs(config), config.DELIVERIES_QUEUE_URL),
    },
    intervalSeconds: config.SCHEDULER_INTERVAL_SECONDS,
    hints: openHints(config, createLogger("scheduler", config.LOG_LEVEL)),
    sweepSeconds: config.SCHEDULER_SWEEP_SECONDS,
    log: createLogger("scheduler", config.LOG_LEVEL),
    metrics: openMetrics(config, "scheduler"),
  };
}

export function openMigrateDeps(config: WorkerConfig) {
  return { db: openContext(config, "columba-migrate").db, log: createLogger("migrate", config.LOG_LEVEL) };
}

function quotasOf(config: WorkerConfig): QuotaSettings {
  return {
    enabled: config.ENABLE_QUOTA_ENFORCEMENT,
    limits: {
      global_members_per_organization_limit: config.QUOTA_GLOBAL_MEMBERS_PER_ORGANIZATION_LIMIT,
      global_applications_per_organization_limit: config.QUOTA_GLOBAL_APPLICATIONS_PER_ORGANIZATION_LIMIT,
      global_events_per_day_limit: config.QUOTA_GLOBAL_EVENTS_PER_DAY_LIMIT,
      global_days_of_events_retention_limit: retentionDaysOf(config),
      global_subscriptions_per_application_limit: config.QUOTA_GLOBAL_SUBSCRIPTIONS_PER_APPLICATION_LIMIT,
      global_event_types_per_application_limit: config.QUOTA_GLOBAL_EVENT_TYPES_PER_APPLICATION_LIMIT,
    },
  };
}

/** Hook0's default where quotas are sold; where they are not, nothing is deleted that nobody asked to. */
function retentionDaysOf(config: WorkerConfig): number {
  const fallback = config.ENABLE_QUOTA_ENFORCEMENT ? 7 : UNLIMITED;
  return config.QUOTA_GLOBAL_DAYS_OF_EVENTS_RETENTION_LIMIT ?? fallback;
}

function rateLimitsOf(config: Config): RateLimits {
  return {
    token: { burst: config.RATE_LIMIT_TOKEN_BURST, perSecond: config.RATE_LIMIT_TOKEN_PER_SECOND },
    address: { burst: config.RATE_LIMIT_IP_BURST, perSecond: config.RATE_LIMIT_IP_PER_SECOND },
  };
}

function openMail(config: SchedulerConfig, ctx: LeaseContext): MailContext {
  return { ...ctx, mailer: createMailer(config), appUrl: appUrlOf(config) };
}

const appUrlOf = (config: SchedulerConfig) => config.APP_URL.replace(/\/$/, "");

function openContext(config: WorkerConfig, applicationName: string): LeaseContext {
  const db = openDatabase({
    url: config.DATABASE_URL,
    driver: config.DATABASE_DRIVER,
    connectionsMax: config.DATABASE_CONNECTIONS_MAX,
    applicationName,
  });
  return { db, now: () => new Date(), leaseSeconds: config.DELIVERY_LEASE_SECONDS };
}

/** Beside the log lines, where CloudWatch finds them. */
function openMetrics({ METRICS_NAMESPACE: namespace }: WorkerConfig, service: string): Metrics {
  if (!namespace) return noMetrics;
  return createMetrics({ namespace, service, write: (line) => void process.stdout.write(line) });
}

/** SQS in AWS, or wherever `SQS_ENDPOINT` says. */
function openSqs(config: WorkerConfig): SQSClient {
  // TLS has checked what the MD5 of each body would check again.
  if (!config.SQS_ENDPOINT) return new SQSClient({ md5: false });
  return new SQSClient({ endpoint: config.SQS_ENDPOINT, useQueueUrlAsEndpoint: false, md5: false });
}

/** Hints in DynamoDB or in a folder; none when neither is named. */
function openHints(config: WorkerConfig, log: Logger): DueHints | undefined {
  const store = config.DUE_HINTS_TABLE
    ? createDynamoDbStore(new DynamoDBClient(), config.DUE_HINTS_TABLE)
    : config.DUE_HINTS_FOLDER && createFolderStore(config.DUE_HINTS_FOLDER);
  if (!store) return undefined;
  return createDueHints(store, (error) => log.warn({ error }, "the due hints are unavailable"));
}

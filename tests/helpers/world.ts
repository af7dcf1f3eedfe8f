import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { openSession } from "#core/account/session.ts";
import * as Application from "#core/application.ts";
import * as ApplicationSecret from "#core/application-secret.ts";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { openDatabase } from "#core/db/client.ts";
import type { DueHints } from "#core/delivery/due-hints.ts";
import { hashPassword } from "#core/auth/password.ts";
import type { Tables } from "#core/db/tables.ts";
import { secondsAfter } from "#core/delivery/lease.ts";
import { createSender } from "#core/delivery/send.ts";
import * as EventType from "#core/event-type.ts";
import * as ServiceToken from "#core/service-token.ts";
import type { Mail } from "#core/mail/compose.ts";
import { flushMail } from "#core/mail/outbox.ts";
import { NO_QUOTAS, type QuotaSettings } from "#core/quota.ts";
import { createRateLimiter, type RateLimits } from "#core/rate-limit.ts";
import { createApp } from "#functions/api/app.ts";
import { describeSettings } from "#functions/config.ts";
import { createHandler as createDeliveryHandler } from "#functions/delivery/create.ts";
import { createLogger } from "#functions/logger.ts";
import { createMetrics } from "#functions/metrics.ts";
import { createDeliveryQueue } from "#functions/queue.ts";
import { createHandler as createSchedulerHandler } from "#functions/scheduler/create.ts";
import { startSqs } from "../../stacks/local/sqs.ts";
import { createDatabase } from "./database.ts";
import { driverName } from "./driver.ts";

export const MASTER_API_KEY = "00000000-0000-4000-8000-000000000001";
export const PRIVATE_KEY = "5a".repeat(32);

export interface WorldOptions {
  readonly timeoutMs?: number;
  readonly retriesMax?: number;
  /** What `random` answers; 0 leaves out the jitter. */
  readonly random?: () => number;
  /** Of what stands before Postgres, when something does. */
  readonly databasePort?: number;
  readonly leaseSeconds?: number;
  /** Where the functions leave hints for the scheduler; without them it always looks into the ledger. */
  readonly hints?: DueHints;
  readonly sweepSeconds?: number;
  readonly quotas?: QuotaSettings;
  /** Whether the API refuses targets on private networks; false lets receivers be on this machine. */
  readonly publicTargetsOnly?: boolean;
  readonly rateLimits?: RateLimits;
  /** How many mails fail to be sent before the first succeeds. */
  readonly mailFailures?: number;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/**
 * The whole system on a database and an SQS endpoint of the test's own, with the clock in the test's hand. Nothing
 * moves by itself: the test calls the functions as Lambda would.
 */
export async function createWorld(options: WorldOptions = {}) {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await createDatabase());
  const url = new URL(database.url);
  if (options.databasePort) url.port = String(options.databasePort);
  const db = openDatabase({
    url: url.href,
    driver: driverName,
    connectionsMax: 10,
    applicationName: "world",
  });
  cleanup.defer(() => db.destroy());
  const { server, queueUrl } = await startSqs(0);
  cleanup.defer(() => server.stop());
  const sqs = new SQSClient({
    endpoint: server.address,
    useQueueUrlAsEndpoint: false,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  cleanup.defer(() => sqs.destroy());
  const sender = createSender({
    timeoutMs: options.timeoutMs ?? 2_000,
    connectTimeoutMs: 1_000,
    publicTargetsOnly: false,
  });
  cleanup.defer(() => sender.close());

  let time = new Date();
  const now = () => time;
  const ctx = {
    db,
    now,
    leaseSeconds: options.leaseSeconds ?? 60,
    quotas: options.quotas ?? NO_QUOTAS,
    publicTargetsOnly: options.publicTargetsOnly ?? false,
  };
  const mails: Mail[] = [];
  let mailFailures = options.mailFailures ?? 0;
  const mail = {
    ...ctx,
    appUrl: "https://columba.test",
    mailer: {
      async send(sent: Mail) {
        if (mailFailures-- > 0) throw new Error("the mail server is away");
        mails.push(sent);
      },
    },
  };
  let logged = "";
  const log = createLogger("test", "trace", { write: (line: string) => void (logged += line) });
  let measured = "";
  const metricsOf = (service: string) =>
    createMetrics({ namespace: "Columba", service, write: (line) => void (measured += line) });
  const queue = createDeliveryQueue(sqs, queueUrl);
  const biscuits = await createBiscuits({ privateKey: PRIVATE_KEY });
  const apiDeps = {
    ctx,
    keyring: { biscuits, masterApiKey: MASTER_API_KEY },
    queue,
    hints: options.hints,
    log,
    metrics: metricsOf("api"),
    rateLimiter: options.rateLimits ? createRateLimiter(ctx, options.rateLimits) : null,
    // Mail waits until the test or the scheduler flushes it.
    flushMail: async () => options.hints?.note([now()]),
    settings: {
      appUrl: "https://columba.test",
      isRegistrationDisabled: false,
      supportEmailAddress: "help@columba.test",
      healthCheckKey: "",
      environmentVariables: describeSettings(),
    },
  };
  const app = createApp(apiDeps);
  const runDelivery = createDeliveryHandler({
    ctx: {
      ...ctx,
      sender,
      retry: { retriesMax: options.retriesMax ?? 24, windowSeconds: 691_200 },
      health: { disableAfterSeconds: 432_000, pauseAfterFailures: 20 },
      random: options.random ?? (() => 0),
      hints: options.hints,
      queue,
      report: (error, what) => log.error({ error }, what),
    },
    sqs,
    queueUrl,
    log,
    metrics: metricsOf("delivery"),
  });
  const runScheduler = createSchedulerHandler({
    ctx: { ...ctx, queue },
    mail,
    intervalSeconds: 60,
    hints: options.hints,
    ...(options.sweepSeconds && { sweepSeconds: options.sweepSeconds }),
    log,
    metrics: metricsOf("scheduler"),
  });

  const resources = cleanup.move();
  return {
    ctx,
    databaseUrl: database.url,
    biscuits,
    /** What the API is made from. */
    apiDeps,
    app,
    sqs,
    queueUrl,
    /** The SQS endpoint, to look into and to break. */
    sqsServer: server,
    runDelivery,
    runScheduler,
    /** All that the functions have logged. */
    logged: () => logged,
    /** All that the functions have measured, as CloudWatch would read it. */
    measured: () => measured,
    /** Makes every insertion into the table fail, as a bug would. */
    async breakTable(table: keyof Tables) {
      await sql`alter table ${sql.table(table)} add constraint broken check (false) not valid`.execute(
        database.db,
      );
    },
    /** What was mailed, oldest first. */
    mails,
    flushMail: () => flushMail(mail),
    /** Turns the clock of every function ahead; it stands still otherwise. */
    advance(seconds: number) {
      time = secondsAfter(time, seconds);
    },

    /** What is visible in the queue now, in the shape in which Lambda gives it to the function. */
    async receive(): Promise<SQSEvent> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["All"],
        }),
      );
      return {
        Records: Messages.map(
          (message) =>
            ({
              messageId: message.MessageId,
              receiptHandle: message.ReceiptHandle,
              body: message.Body,
              attributes: message.Attributes,
            }) as unknown as SQSRecord,
        ),
      };
    },

    /** Calls the API as a client with this token would. A string body is sent as it is. */
    async call(
      method: string,
      path: string,
      token?: string | null,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await app.request(
        `/api/v1${path}`,
        {
          method,
          headers: {
            ...(token && { authorization: `Bearer ${token}` }),
            ...(body !== undefined && { "content-type": "application/json" }),
            ...headers,
          },
          ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        },
        { clientIp: "192.0.2.7" },
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: text === "" ? null : JSON.parse(text),
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** An organization with an application, both credentials, and one event type `shop.order.paid`. */
export async function createTenant({ ctx, biscuits }: Pick<World, "ctx" | "biscuits">, name = "Acme") {
  const { organization_id } = await ctx.db
    .insertInto("organization")
    .values({ name, created_at: ctx.now() })
    .returning("organization_id")
    .executeTakeFirstOrThrow();
  const { application_id } = await Application.create(ctx, { organization_id, name: `${name} app` });
  const [secret] = await ApplicationSecret.list(ctx, application_id);
  const { biscuit, token_id } = await ServiceToken.create(ctx, biscuits, { organization_id, name: "test" });
  await EventType.create(ctx, { application_id, service: "shop", resource_type: "order", verb: "paid" });
  return {
    organization_id,
    application_id,
    application_secret: secret?.token ?? "",
    service_token: biscuit,
    token_id,
  };
}
export type Tenant = Awaited<ReturnType<typeof createTenant>>;

/** A person with a proven address, member of the organization with this role, and how to sign them in. */
export async function createMember(
  { ctx, biscuits }: Pick<World, "ctx" | "biscuits">,
  organizationId: string,
  role: "viewer" | "editor",
) {
  const email = `${randomUUID()}@example.com`;
  const password = `${role} passphrase of a test`;
  const created_at = ctx.now();
  const { user_id } = await ctx.db
    .insertInto("user_account")
    .values({
      email,
      password_hash: await hashPassword(password),
      first_name: "Ada",
      last_name: "Test",
      created_at,
      email_verified_at: created_at,
    })
    .returning("user_id")
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto("organization_member")
    .values({ organization_id: organizationId, user_id, role, created_at })
    .execute();
  const signIn = async () => (await openSession(ctx, biscuits, user_id, randomUUID())).access_token;
  return { user_id, email, password, signIn };
}

/** A subscription's body, for the tenant's event type and the label `customer=1`. */
export function subscriptionPost(tenant: Pick<Tenant, "application_id">, url: string, extra: object = {}) {
  return {
    application_id: tenant.application_id,
    is_enabled: true,
    event_types: ["shop.order.paid"],
    labels: { customer: "1" },
    target: { type: "http", method: "POST", url, headers: {} },
    ...extra,
  };
}

/** An event's body that the subscription above matches. */
export function eventPost(tenant: Pick<Tenant, "application_id">, extra: object = {}) {
  return {
    application_id: tenant.application_id,
    event_type: "shop.order.paid",
    payload: '{"order":42}',
    payload_content_type: "application/json",
    occurred_at: "2026-11-23T10:00:00Z",
    labels: { customer: "1" },
    ...extra,
  };
}

import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { synthesise } from "../helpers/synthesis.ts";

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
}
interface Resource {
  readonly Type: string;
  readonly DependsOn?: string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- a template is what CloudFormation says it is
  readonly Properties: any;
}

const production = synthesise({ stageName: "production", alarmEmail: "ops@columba.example" });
const resources = Object.entries(production.toJSON()["Resources"] as Record<string, Resource>);
const ofType = (type: string) => resources.filter(([, resource]) => resource.Type === type);
const lambda = (description: string) => {
  const found = resources.find(([, { Properties }]) => Properties?.Description === description);
  if (!found) throw new Error(`no function: ${description}`);
  return { id: found[0], ...found[1] };
};

const OURS = [
  "The REST API",
  "Delivers a batch of the queue",
  "Enqueues what is due",
  "Brings the database to the deployed version",
];

test("the four functions run on arm64 and Node 24 with source maps and their secrets by name only", () => {
  for (const description of OURS) {
    expect(lambda(description).Properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "handler.handler",
      Environment: {
        Variables: {
          NODE_OPTIONS: "--enable-source-maps",
          SECRET_PARAMETERS: expect.stringMatching(/^\/columba\/production\//),
        },
      },
    });
  }
  const text = JSON.stringify(production.toJSON());
  expect(text).not.toMatch(/postgres(ql)?:\/\//);
  expect(lambda("The REST API").Properties.Environment.Variables.ORIGIN_SECRET).toEqual({
    "Fn::Join": [
      "",
      ["{{resolve:secretsmanager:", { Ref: expect.stringMatching(/^OriginSecret/) }, ":SecretString:::}}"],
    ],
  });
  expect(
    lambda("Delivers a batch of the queue").Properties.Environment.Variables.SECRET_PARAMETERS,
  ).not.toContain("BISCUIT");
});

test("the event source reports single failures, and a message stays away longer than a batch may take", () => {
  production.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 200 },
  });
  production.hasResourceProperties("AWS::SQS::Queue", {
    VisibilityTimeout: 330,
    ReceiveMessageWaitTimeSeconds: 20,
    SqsManagedSseEnabled: true,
    RedrivePolicy: Match.objectLike({ maxReceiveCount: 20 }),
  });
  expect(lambda("Delivers a batch of the queue").Properties.Timeout * 6).toBe(330);
});

test("the scheduler runs each minute and is not run again for a minute that has passed", () => {
  production.hasResourceProperties("AWS::Scheduler::Schedule", {
    ScheduleExpression: "rate(1 minute)",
    Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } }),
  });
});

test("migrations run before any function that serves is updated", () => {
  const [[migration] = [""]] = ofType("Custom::Trigger");
  for (const description of OURS.slice(0, 3)) expect(lambda(description).DependsOn).toContain(migration);
  expect(
    JSON.stringify(ofType("Custom::Trigger")),
    "again when the function or a migration changes",
  ).toContain("MigrateCurrentVersion");
});

test("no policy allows every action, and none but a CDK helper's names every resource", () => {
  const policies = [
    ...ofType("AWS::IAM::Policy").map(([id, { Properties }]) => [id, Properties.PolicyDocument] as const),
    ...ofType("AWS::IAM::Role").flatMap(([id, { Properties }]) =>
      (Properties.Policies ?? []).map(
        ({ PolicyDocument }: { PolicyDocument: unknown }) => [id, PolicyDocument] as const,
      ),
    ),
  ];
  expect(policies.length).toBeGreaterThan(5);
  const wide = policies.flatMap(([id, { Statement }]) =>
    (Statement as Statement[])
      .filter(
        ({ Action, Resource }) =>
          Resource === "*" || [Action].flat().some((action) => /^(\*|\w+:\*)$/.test(action)),
      )
      .map(({ Action }) => `${id}: ${String(Action)}`),
  );
  expect(wide).toEqual([]);
  const managed = ofType("AWS::IAM::Role").filter(([, { Properties }]) => Properties.ManagedPolicyArns);
  for (const [id] of managed) expect(id, "only CDK's own helpers").toMatch(/^Custom|CustomResource/);
});

test("each function may do what its code calls", () => {
  const actionsOf = (role: RegExp) =>
    ofType("AWS::IAM::Policy")
      .filter(([, { Properties }]) => role.test(JSON.stringify(Properties.Roles)))
      .flatMap(([, { Properties }]) =>
        (Properties.PolicyDocument.Statement as Statement[]).flatMap(({ Action }) => Action),
      )
      .sort();
  const log = ["logs:CreateLogStream", "logs:PutLogEvents"];
  expect(actionsOf(/"ApiRole[0-9A-F]{8}"/)).toEqual([
    "dynamodb:BatchWriteItem",
    ...log,
    "sqs:SendMessage",
    "ssm:GetParameters",
  ]);
  expect(actionsOf(/"DeliveryRole[0-9A-F]{8}"/)).toEqual([
    "dynamodb:BatchWriteItem",
    ...log,
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameters",
  ]);
  expect(actionsOf(/"SchedulerRole[0-9A-F]{8}"/)).toEqual([
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    ...log,
    "sqs:SendMessage",
    "ssm:GetParameters",
  ]);
  expect(actionsOf(/"MigrateRole[0-9A-F]{8}"/)).toEqual([...log, "ssm:GetParameters"]);
});

test("the API and the dashboard share a domain; the API is not cached, sees all but the host, and proves its CDN", () => {
  production.hasResourceProperties("AWS::CloudFront::Distribution", {
    DistributionConfig: Match.objectLike({
      CacheBehaviors: [
        Match.objectLike({
          PathPattern: "/api/*",
          AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
          CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
          ViewerProtocolPolicy: "https-only",
        }),
      ],
      // Error pages would be shown for the API's own 403 and 404.
      CustomErrorResponses: Match.absent(),
      Origins: Match.arrayWith([
        Match.objectLike({
          S3OriginConfig: { OriginAccessIdentity: "" },
          OriginAccessControlId: Match.anyValue(),
        }),
        Match.objectLike({ OriginCustomHeaders: [Match.objectLike({ HeaderName: "x-origin-secret" })] }),
      ]),
    }),
  });
  production.hasResourceProperties("AWS::S3::Bucket", {
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    BucketEncryption: Match.anyValue(),
  });
});

test("the code at the CDN sends pages to the dashboard and the viewer's address to the API, whatever the client says", () => {
  const run = (id: RegExp, request: object) => {
    const [[, { Properties }] = ["", { Properties: {} }]] = ofType("AWS::CloudFront::Function").filter(
      ([name]) => id.test(name),
    );
    // oxlint-disable-next-line typescript/no-implied-eval -- the code under test is text
    return new Function("event", `${Properties.FunctionCode}; return handler(event);`)({
      viewer: { ip: "203.0.113.5" },
      request,
    });
  };
  expect(run(/^PageOfPath/, { uri: "/organizations/7" }).uri).toBe("/index.html");
  expect(run(/^PageOfPath/, { uri: "/" }).uri).toBe("/index.html");
  expect(run(/^PageOfPath/, { uri: "/assets/index-1a2b.js" }).uri).toBe("/assets/index-1a2b.js");
  const forged = { headers: { "x-viewer-address": { value: "1.2.3.4" } } };
  expect(run(/^ViewerAddress/, forged).headers["x-viewer-address"]).toEqual({ value: "203.0.113.5" });
});

test("production keeps its logs and rings; a developer's stage does neither", () => {
  const dev = synthesise({ stageName: "ana" });
  production.hasResource("AWS::Logs::LogGroup", {
    DeletionPolicy: "Retain",
    Properties: { RetentionInDays: 90 },
  });
  dev.hasResource("AWS::Logs::LogGroup", { DeletionPolicy: "Delete", Properties: { RetentionInDays: 7 } });
  dev.resourceCountIs("AWS::CloudWatch::Alarm", 0);
  const alarms = ofType("AWS::CloudWatch::Alarm").map(([id]) => id);
  for (const name of [
    /OldestDue/,
    /DeadLetters/,
    /QueueAge/,
    /ApiErrors/,
    /apiThrottles/,
    /deliveryThrottles/,
    /SchedulerSilent/,
  ])
    expect(alarms.filter((id) => name.test(id))).toHaveLength(1);
  for (const [, { Properties }] of ofType("AWS::CloudWatch::Alarm"))
    expect(Properties.AlarmActions).toHaveLength(1);
});

test("a custom domain has its certificate and is what the API says of itself", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
  const template = synthesise({
    stageName: "production",
    domain: { name: "hooks.example.com", certificateArn },
  });
  template.hasResourceProperties("AWS::CloudFront::Distribution", {
    DistributionConfig: Match.objectLike({
      Aliases: ["hooks.example.com"],
      ViewerCertificate: Match.objectLike({ AcmCertificateArn: certificateArn }),
    }),
  });
  template.hasResourceProperties("AWS::SSM::Parameter", {
    Name: "/columba/production/APP_URL",
    Value: "https://hooks.example.com",
  });
});

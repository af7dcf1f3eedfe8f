/** List prices in US dollars, us-east-1, without free tiers, as published in November 2026. */
export const prices = {
  /** aws.amazon.com/lambda/pricing: arm64, first tier. */
  lambdaGbSecond: 0.000_013_333_4,
  lambdaRequest: 0.2e-6,
  /** aws.amazon.com/sqs/pricing: standard, after the first free million. */
  sqsRequest: 0.4e-6,
  /** aws.amazon.com/cloudfront/pricing: HTTPS requests, functions, to the origin, to the client. */
  cdnRequest: 1e-6,
  cdnFunction: 0.1e-6,
  cdnGbToOrigin: 0.02,
  cdnGbToClient: 0.085,
  /** aws.amazon.com/ec2/pricing/on-demand: out to the Internet. */
  egressGb: 0.09,
  /** aws.amazon.com/dynamodb/pricing: on demand. */
  dynamoDbWrite: 0.625e-6,
  dynamoDbRead: 0.125e-6,
  /** aws.amazon.com/eventbridge/pricing: Scheduler. */
  scheduleRun: 1e-6,
  /** aws.amazon.com/cloudwatch/pricing: logs taken in; alarms on standard metrics. */
  logGb: 0.5,
  alarmMonth: 0.1,
  /** aws.amazon.com/secrets-manager/pricing. */
  secretMonth: 0.4,
  /** neon.com/pricing: Launch. One CU is one processor with 4 GB. */
  databaseCuHour: 0.106,
  databaseGbMonth: 0.35,
} as const;

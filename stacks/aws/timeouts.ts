import { Duration } from "aws-cdk-lib";

/** Below CloudFront's 30 s for an origin's answer. */
export const API_TIMEOUT = Duration.seconds(29);
/** A request's 15 s, and time to claim before it and to record after it, with retries. Below the lease of 60 s. */
export const DELIVERY_TIMEOUT = Duration.seconds(40);
/** The next run starts when this one must have ended. */
export const SCHEDULER_TIMEOUT = Duration.seconds(60);
export const MIGRATE_TIMEOUT = Duration.minutes(10);

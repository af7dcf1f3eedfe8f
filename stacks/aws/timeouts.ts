import { Duration } from "aws-cdk-lib";

/** Below CloudFront's 30 s for an origin's answer. */
export const API_TIMEOUT = Duration.seconds(29);
/** A request's 30 s at the most, 12 s to claim before it, and time to record after it. Below the lease of 60 s. */
export const DELIVERY_TIMEOUT = Duration.seconds(55);
/** The next run starts when this one must have ended. */
export const SCHEDULER_TIMEOUT = Duration.seconds(60);
export const MIGRATE_TIMEOUT = Duration.minutes(10);

import { fromEnv } from "@aws-sdk/credential-provider-env";

/** In place of the SDK's default chain of credential sources: a Lambda function has its own in its environment. */
export const defaultProvider = () => fromEnv();

import type { App } from "aws-cdk-lib";
import { deployment } from "./stacks/aws/deployment.ts";
import { createColumbaStack } from "./stacks/aws/columba-stack.ts";

/** SST's part: the app's name, its stage and region. The rest is plain CDK, and runs without SST (stacks/aws/app.ts). */
export default {
  config: () => ({ name: "columba", ...(deployment.region && { region: deployment.region }) }),
  stacks(app: App & { readonly stage: string }) {
    createColumbaStack(app, deployment.options(app.stage));
  },
};

import { App } from "aws-cdk-lib";
import { createColumbaStack } from "./columba-stack.ts";
import { deployment } from "./deployment.ts";

/** The same without SST: `cdk deploy --app "node stacks/aws/app.ts production"`. */
createColumbaStack(new App(), deployment.options(process.argv[2] ?? "dev"));

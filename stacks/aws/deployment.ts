import { existsSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import type { ColumbaOptions } from "./columba-stack.ts";

// SST runs its configuration as one bundled file elsewhere: paths start from the project's folder, where it is called.
const root = process.cwd();

/** What the operator's shell says of a deployment (docs/operations.md). */
export const deployment = {
  region: env["COLUMBA_REGION"],
  options(stageName: string): ColumbaOptions {
    const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = env;
    const { COLUMBA_DOMAIN: name, COLUMBA_CERTIFICATE_ARN: certificateArn } = env;
    if (Boolean(name) !== Boolean(certificateArn))
      throw new Error("Set COLUMBA_DOMAIN and COLUMBA_CERTIFICATE_ARN together, or neither.");
    return {
      stageName,
      // Set by the CDK's command; SST gives its app the same.
      target: account && region ? { account, region } : undefined,
      bundlesFolder: built(".build", "npm run build"),
      webFolder: built("web/dist", "npm run build:web"),
      domain: name && certificateArn ? { name, certificateArn } : undefined,
      mailSender: env["COLUMBA_MAIL_SENDER"],
      alarmEmail: env["COLUMBA_ALARM_EMAIL"],
    };
  },
};

function built(folder: string, command: string): string {
  const path = join(root, folder);
  if (!existsSync(path)) throw new Error(`${folder} is missing: run \`${command}\` first.`);
  return path;
}

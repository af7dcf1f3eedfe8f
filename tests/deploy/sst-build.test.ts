import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundleFunctions, BUNDLES_FOLDER } from "../../stacks/aws/bundle/bundle.ts";

const run = promisify(execFile);
const WEB_FOLDER = "web/dist";

/** As much of STS and CloudFormation as a build asks: who calls, and that the account is bootstrapped. */
const answers: Record<string, string> = {
  GetCallerIdentity: `<GetCallerIdentityResponse><GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>TEST</UserId><Account>123456789012</Account>
    </GetCallerIdentityResult></GetCallerIdentityResponse>`,
  DescribeStacks: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackName>bootstrap</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-11-23T10:00:00Z</CreationTime>
    </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
};

async function startAws() {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers[new URLSearchParams(body).get("Action") ?? ""];
      response.writeHead(answer ? 200 : 400, { "content-type": "text/xml" }).end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function readResources(folder: string): Promise<Record<string, unknown>> {
  const template = JSON.parse(await readFile(join(folder, "Columba.template.json"), "utf8"));
  const resources = Object.entries<Record<string, unknown>>(template.Resources);
  // What SST adds of its own: tags, and the paths of its construct tree.
  for (const [, resource] of resources) delete resource["Metadata"];
  return Object.fromEntries(
    resources.map(([id, resource]) => [id, withoutTags({ Properties: {}, ...resource })]),
  );
}

function withoutTags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTags);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== "Tags");
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutTags(inner)]));
}

test("sst build makes the whole stage, and plain CDK the same resources", async () => {
  await using aws = await startAws();
  const folder = await mkdtemp(join(tmpdir(), "columba-sst-"));
  await bundleFunctions(BUNDLES_FOLDER);
  if (!existsSync(WEB_FOLDER)) {
    await mkdir(WEB_FOLDER, { recursive: true });
    await writeFile(join(WEB_FOLDER, "index.html"), "<!doctype html>");
  }
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    SST_TELEMETRY_DISABLED: "1",
  };
  const sst = join(folder, "sst");
  const plain = join(folder, "plain");
  await run("stacks/aws/node_modules/.bin/sst", ["build", "--stage", "production", "--to", sst], { env });
  await run(process.execPath, ["stacks/aws/app.ts", "production"], {
    env: { ...env, CDK_OUTDIR: plain, CDK_DEFAULT_ACCOUNT: "123456789012", CDK_DEFAULT_REGION: "us-east-1" },
  });

  const resources = await readResources(sst);
  expect(Object.keys(resources).length).toBeGreaterThan(50);
  expect(await readResources(plain)).toEqual(resources);
  await rm(folder, { recursive: true });
});

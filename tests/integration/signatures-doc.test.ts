import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { startReceiver } from "../helpers/receiver.ts";
import { createTenant, createWorld, eventPost, subscriptionPost } from "../helpers/world.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type IsAuthentic = (headers: object, body: Buffer, key: unknown) => boolean;

/** The functions that the page shows, by the name in their first line, run as they stand. */
async function loadExamples() {
  const page = await readFile(join(root, "docs/signatures.md"), "utf8");
  // Beside the packages, so that they find what they import.
  const folder = await mkdtemp(join(root, "node_modules", ".examples-"));
  const load = async (name: string, code: string): Promise<[string, IsAuthentic]> => {
    const file = join(folder, name.replace(".js", ".mjs"));
    await writeFile(file, code);
    return [name, ((await import(pathToFileURL(file).href)) as { isAuthentic: IsAuthentic }).isAuthentic];
  };
  try {
    const blocks = [...page.matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)];
    return Object.fromEntries(await Promise.all(blocks.map(([, name = "", code = ""]) => load(name, code))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("what docs/signatures.md tells receivers to do tells our requests from others, with either secret", async () => {
  const examples = await loadExamples();
  expect(Object.keys(examples)).toEqual(["hook0.js", "standard.js", "ed25519.js"]);
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createTenant(world);
  const token = tenant.service_token;
  const signatures = ["hook0", "standard", "standard_ed25519"];
  const body = subscriptionPost(tenant, receiver.url, { signatures });
  const old = (await world.call("POST", "/subscriptions", token, body)).json;
  const path = `/subscriptions/${old.subscription_id}/rotate_secret`;
  const { application_id } = tenant;
  const current = (await world.call("POST", path, token, { application_id })).json;
  const jwks = (await world.call("GET", `/applications/${application_id}/jwks.json`)).json;

  await world.call("POST", "/event", token, eventPost(tenant));
  await world.runDelivery(await world.receive());
  const [request] = receiver.received;
  if (!request) throw new Error("nothing was delivered");
  const keys = {
    "hook0.js": [old.secret, current.secret],
    "standard.js": [old.standard_secret, current.standard_secret],
    "ed25519.js": [jwks],
  };
  for (const [name, accepted] of Object.entries(keys)) {
    for (const key of accepted) {
      expect(examples[name]?.(request.headers, request.body, key), name).toBe(true);
      expect(examples[name]?.(request.headers, Buffer.from("{}"), key), `${name}, another body`).toBe(false);
      expect(examples[name]?.({}, request.body, key), `${name}, unsigned`).toBe(false);
    }
  }
});

import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalStack } from "../helpers/local-stack.ts";
import { startReceiver } from "../helpers/receiver.ts";
import { eventPost, subscriptionPost } from "../helpers/world.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "columba-e2e-"));
  // Postgres runs as nobody when we are root, and must still pass through here.
  await chmod(folder, 0o700);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Command lines of processes that mention this text. */
function processesOf(text: string): string[] {
  const lines = execFileSync("ps", ["-eo", "pid,command"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(text) && !line.includes("ps -eo"));
}

test("a first start has everything that local.json promises, and the banner's curl arrives in the inspector", async () => {
  await using stack = await startLocalStack(folder);
  const { local } = stack;
  expect(Object.keys(local).toSorted()).toEqual(
    [
      "api_url",
      "application_id",
      "application_secret",
      "dashboard_url",
      "email",
      "inspector_url",
      "organization_id",
      "password",
      "service_token",
    ].toSorted(),
  );
  const curl = stack.output().match(/curl -X POST[\s\S]*?'\n/)?.[0] ?? "";
  const answer = JSON.parse(execFileSync("sh", ["-c", curl], { encoding: "utf8", stdio: "pipe" }));
  expect(answer).toMatchObject({ application_id: local.application_id });
  await expect
    .poll(async () => (await fetch(local.inspector_url)).json(), { timeout: 5_000 })
    .toMatchObject([
      { method: "POST", headers: { "x-event-id": answer.event_id }, body: '{"order":42,"total":"19.90"}' },
    ]);
});

test("the seeded person signs in, and mail that would be sent is kept and listed", async () => {
  await using stack = await startLocalStack(folder);
  const { local } = stack;
  const { email, password } = local;
  const session = await stack.call("POST", "/auth/login", "", { email, password });
  expect(session.status, session.text).toBe(201);
  const organizations = await stack.call("GET", "/organizations", session.json.access_token);
  expect(organizations.json).toMatchObject([{ organization_id: local.organization_id, role: "editor" }]);

  const person = {
    first_name: "Ada",
    last_name: "L",
    email: "ada@example.com",
    password: "correct horse battery",
  };
  expect((await stack.call("POST", "/register", "", person)).status).toBe(201);
  const mailUrl = new URL("/local/mail", local.dashboard_url);
  await expect
    .poll(async () => (await fetch(mailUrl)).json(), { timeout: 10_000 })
    .toMatchObject([
      { to: person.email, subject: "Verify your email address", text: expect.stringContaining("token=") },
    ]);
});

test("a second start finds everything again; kill -9 loses nothing that was accepted", async () => {
  await using receiver = await startReceiver((response) => response.writeHead(200).end());
  const first = await startLocalStack(folder);
  const { local } = first;
  const tenant = { application_id: local.application_id };
  const type = { ...tenant, service: "shop", resource_type: "order", verb: "paid" };
  expect((await first.call("POST", "/event_types", local.service_token, type)).status).toBe(201);
  const subscribed = await first.call(
    "POST",
    "/subscriptions",
    local.service_token,
    subscriptionPost(tenant, receiver.url),
  );
  expect(subscribed.status, subscribed.text).toBe(201);
  const sent = [];
  for (let count = 0; count < 20; count++) {
    sent.push(first.call("POST", "/event", local.application_secret, eventPost(tenant)));
  }
  const accepted = (await Promise.all(sent)).map(({ json }) => json.event_id);
  await first.end("SIGKILL");

  await using second = await startLocalStack(folder, { SCHEDULER_INTERVAL_SECONDS: "1" });
  expect(second.local).toMatchObject({ application_secret: local.application_secret, email: local.email });
  // What was in flight comes back when its lease of a minute has run out; what had been recorded does not.
  await expect
    .poll(() => new Set(receiver.received.map(({ headers }) => headers["x-event-id"])).size, {
      timeout: 75_000,
      interval: 250,
    })
    .toBe(accepted.length);
}, 90_000);

test("Ctrl-C ends every process within ten seconds", async () => {
  const stack = await startLocalStack(folder);
  expect(processesOf(folder).length, "Postgres runs on the folder").toBeGreaterThan(0);
  const startedMs = Date.now();
  await stack.end("SIGINT");
  expect(Date.now() - startedMs).toBeLessThan(10_000);
  expect(processesOf(folder)).toEqual([]);
});

test("a taken port, or a folder that another stack runs on, is told in one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const address = server.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  await expect(startLocalStack(folder, { PORT: port })).rejects.toThrow(
    new RegExp(`^ended with 1: columba: port ${port} is taken: [^\\n]*\\n$`),
  );
  server.close();
  await using _running = await startLocalStack(folder);
  await expect(startLocalStack(folder)).rejects.toThrow(/^ended with 1: columba: another Columba [^\n]*\n$/);
});

import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailedToken, registerPerson, startDashboard, type Dashboard } from "../helpers/dashboard.ts";
import { startReceiver } from "../helpers/receiver.ts";

const PASSWORD = "correct horse battery staple 7";

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard[Symbol.asyncDispose]());

test("a newcomer registers, follows the mailed link and the wizard, and sees a first event delivered", async () => {
  const page = await dashboard.open();
  await page.goto("/register");
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("Newcomer");
  await page.getByLabel("Email").fill("nora@example.com");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your email" }).waitFor();
  await page.goto(
    `/verify-email?token=${encodeURIComponent(await mailedToken(dashboard, "nora@example.com"))}`,
  );

  await page.getByRole("heading", { name: "What sends events?" }).waitFor();
  await page.getByLabel("Name").fill("Shop, production");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "What can happen?" }).waitFor();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Who is told?" }).waitFor();
  await expect.poll(() => page.getByLabel("Endpoint").inputValue()).toContain("/inspector");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send the event" }).click();
  await page.getByText("Delivered", { exact: true }).waitFor();

  await page.getByRole("link", { name: "See what was sent" }).click();
  await page.getByRole("heading", { name: "shop.order.paid" }).waitFor();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  expect(curl).toContain("curl -X POST");
  expect(curl).toContain("x-event-type: shop.order.paid");
  expect(curl).toContain('{"hello":"world"}');
  await page.getByRole("link", { name: "Inspector" }).click();
  await page.getByRole("button", { name: /shop\.order\.paid/ }).waitFor();
  await page.context().close();
});

test("a failed delivery is retried from its page, and the rest by filter, after a count", async () => {
  let isBroken = true;
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(isBroken ? 500 : 200).end(isBroken ? "under repair" : "ok");
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  const address = receiver.address();
  const port = typeof address === "object" ? address?.port : 0;
  const subscription = await dashboard.subscribe(`http://127.0.0.1:${port}/`, "Flaky customer", {
    retry_policy: { schedule_seconds: [3_600] },
  });
  for (let index = 0; index < 3; index++) await dashboard.send();

  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/attempts?subscription=${subscription}&status=failed&live=0`);
  await expect
    .poll(
      async () => {
        await page.reload();
        await page.getByRole("table").waitFor();
        return page.getByRole("table").getByText("500").count();
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(3);
  isBroken = false;
  await page.getByRole("row").nth(1).click();
  await page.getByText("under repair").waitFor();
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await page.getByRole("listitem").getByText("Delivered").first().waitFor();

  await page.goBack();
  await page.getByRole("button", { name: "Retry failed…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry failed deliveries" });
  await dialog.getByRole("button", { name: "Retry 2" }).click();
  await dialog.waitFor({ state: "hidden" });
  await expect
    .poll(
      async () =>
        (
          await dashboard.call(
            "GET",
            `/request_attempts?application_id=${dashboard.local.application_id}&subscription_id=${subscription}&status=successful`,
          )
        ).json.length,
      { timeout: 15_000 },
    )
    .toBe(3);
  await dashboard.call(
    "DELETE",
    `/subscriptions/${subscription}?application_id=${dashboard.local.application_id}`,
  );
  receiver.close();
  await page.context().close();
});

test("a schema is tried on what was sent, saved and enforced from the page of its event type", async () => {
  const { application_id } = dashboard.local;
  await dashboard.call("POST", "/event_types", {
    application_id,
    service: "shop",
    resource_type: "basket",
    verb: "left",
  });
  const send = (payload: string) => dashboard.send({ event_type: "shop.basket.left", payload });
  const first = await send('{"items":"none"}');
  expect(first.status).toBe(201);

  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/event-types`);
  await page.getByRole("link", { name: "shop.basket.left" }).click();
  const editor = page.getByLabel("JSON Schema (2020-12)");
  await editor.fill('{"properties": {"items": {"type": "integer"');
  await page.getByRole("button", { name: "Try on the last 100 events" }).click();
  await page.getByText("This is not JSON").waitFor();
  await editor.fill('{"properties": {"items": {"type": "integer"}}}');
  await page.getByRole("button", { name: "Try on the last 100 events" }).click();
  await page.getByText("0 of 1 conform").waitFor();
  await page.getByText("must be integer").waitFor();
  await page.getByRole("button", { name: "Save as version 1" }).click();
  await page.getByLabel("Mode").selectOption("enforce");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("It holds from the next event on.").waitFor();
  const refused = await send('{"items":"none"}');
  expect(refused.json.detail).toBe("payload/items: must be integer");
  await page.reload();
  await page.getByText("0 delivered with a warning, 1 refused").waitFor();
  await page.context().close();
});

test("what is new waits behind a pill and moves no row; a paused list asks for nothing", async () => {
  await dashboard.send({ labels: { environment: "nobody" } });
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/events?label=environment%3Dnobody`);
  await page.getByRole("table").waitFor();
  const firstBefore = await page.getByRole("row").nth(1).textContent();
  const { json } = await dashboard.send({ labels: { environment: "nobody" } });
  await page.getByRole("button", { name: "1 new" }).waitFor();
  const id = (text: string | null) => /[0-9a-f]{8}…[0-9a-f]{6}/.exec(text ?? "")?.[0];
  expect(id(await page.getByRole("row").nth(1).textContent())).toBe(id(firstBefore));
  await page.getByRole("button", { name: "1 new" }).click();
  expect(id(await page.getByRole("row").nth(1).textContent())).toContain(json.event_id.slice(-6));

  await page.getByRole("button", { name: "Live" }).click();
  await page.getByRole("button", { name: "Paused" }).waitFor();
  expect(new URL(page.url()).searchParams.get("live")).toBe("0");
  await page.context().close();
});

test("the URL is the state: a link with filters shows the same rows, and Back brings each filter back", async () => {
  const other = await dashboard.subscribe(`${dashboard.local.inspector_url}/other`, "Other customer");
  await dashboard.send();
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/attempts`);
  await page.getByLabel("Subscription").selectOption({ label: "Other customer" });
  await expect.poll(() => page.getByRole("row").count()).toBe(2);
  await page.getByLabel("Status").selectOption({ label: "Delivered" });
  await expect.poll(() => page.url()).toContain("status=successful");
  const link = page.url();

  const colleague = await dashboard.signIn();
  await colleague.goto(link);
  await colleague.getByRole("row").nth(1).waitFor();
  expect(await colleague.getByLabel("Subscription").inputValue()).toBe(other);
  expect(await colleague.getByRole("row").count()).toBe(2);

  await page.goBack();
  expect(new URL(page.url()).searchParams.get("status")).toBeNull();
  expect(await page.getByLabel("Subscription").inputValue()).toBe(other);
  await page.goBack();
  await expect.poll(() => page.getByRole("row").count()).toBeGreaterThan(2);
  await page.context().close();
  await colleague.context().close();
});

test("everything goes by keyboard: palette, rows, opening, closing, and the focus comes back", async () => {
  await using receiver = await startReceiver();
  await dashboard.subscribe(receiver.url, "Keyboard customer");
  const sent = await dashboard.send();
  await receiver.waitFor(1);
  const page = await dashboard.signIn();
  await page.goto(dashboard.appPath);
  await page.getByRole("heading", { name: "Local application" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to a page, or paste an id" }).waitFor();
  await page.keyboard.type("attempts");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  await page.getByRole("row").nth(1).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const focused = () => page.evaluate(() => document.activeElement?.matches("[data-row]"));
  expect(await focused()).toBe(true);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "hidden" });
  expect(await focused()).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "This delivery" }).waitFor();

  await page.keyboard.press("Control+k");
  await page.keyboard.insertText(sent.json.event_id);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  expect(page.url()).toContain(sent.json.event_id);
  await page.context().close();
});

test("a viewer sees nothing that a viewer may not do, and the API refuses it anyway", async () => {
  const who = { email: "vera@example.com", password: PASSWORD };
  await registerPerson(dashboard, who.email, who.password);
  const { organization_id, application_id } = dashboard.local;
  const invited = await dashboard.call("POST", `/organizations/${organization_id}/invite`, {
    email: who.email,
    role: "viewer",
  });
  expect(invited.status, invited.text).toBe(200);
  await dashboard.send();

  const page = await dashboard.signIn({}, who);
  const forbidden = /^(send|retry|new |create|delete|remove|revoke|invite|save|replay|pause|cancel|erase)/i;
  await dashboard.call("POST", "/replays", { application_id, filter: { labels: { nobody: "has" } } });
  const places = [
    "",
    "/events",
    "/attempts",
    "/dead-letters",
    "/replays",
    "/erasures",
    "/subscriptions",
    "/event-types",
    "/settings",
  ].map((path) => dashboard.appPath + path);
  for (const path of [...places, `/o/${organization_id}`, `/o/${organization_id}/members`]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await expect.poll(() => page.locator("[aria-busy=true]").count(), { timeout: 10_000 }).toBe(0);
    const main = page.getByRole("main");
    expect(await main.getByRole("button", { name: forbidden }).count(), `buttons on ${path}`).toBe(0);
    expect(await main.getByRole("link", { name: forbidden }).count(), `links on ${path}`).toBe(0);
  }
  expect(await page.getByRole("link", { name: "Secrets" }).count()).toBe(0);
  const token = await page.evaluate(
    () => JSON.parse(localStorage.getItem("columba.session") ?? "{}").access_token as string,
  );
  const refused = await fetch(`${dashboard.local.api_url}/application_secrets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ application_id }),
  });
  expect(refused.status).toBe(403);
  await page.context().close();
});

test("a token limited in the browser may do what it is limited to, and nothing else", async () => {
  const page = await dashboard.signIn();
  await page.goto(`/o/${dashboard.local.organization_id}/tokens`);
  await page.getByRole("row", { name: "Local token" }).click();
  await page.getByLabel("Only in").selectOption({ label: "Local application" });
  await page.getByLabel("May").selectOption({ label: "Only read" });
  await page.getByRole("button", { name: "Make a limited copy" }).click();
  await page.getByRole("button", { name: "Copy the limited token" }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(`${dashboard.local.api_url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).then((response) => response.status);
  const { application_id, organization_id } = dashboard.local;
  expect(await ask("GET", `/events?application_id=${application_id}`)).toBe(200);
  expect(
    await ask("POST", "/event_types", { application_id, service: "a", resource_type: "b", verb: "c" }),
  ).toBe(403);
  expect(await ask("GET", `/service_token?organization_id=${organization_id}`)).toBe(403);
  await page.context().close();
});

test("a secret is shown once, and nowhere after", async () => {
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/secrets`);
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByLabel("Name").fill("Billing service");
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog", { name: "Copy it now" });
  const secret = /[0-9a-f-]{36}/.exec((await dialog.textContent()) ?? "")?.[0] ?? "";
  expect(secret).not.toBe("");
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: "Billing service" }).waitFor();
  // The dialog is gone a frame after the key.
  await expect.poll(async () => (await page.content()).includes(secret)).toBe(false);
  expect(page.url()).not.toContain(secret);
  await page.context().close();
});

test("a signed-out visitor comes back to where the link led; a foreign address is not followed", async () => {
  const page = await dashboard.open();
  await page.goto(`${dashboard.appPath}/attempts?status=failed`);
  await page.getByLabel("Email").fill(dashboard.local.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText(/\w/).waitFor();
  await page.getByLabel("Password").fill(dashboard.local.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  await expect.poll(() => page.url()).toContain(`${dashboard.appPath}/attempts?status=failed`);
  await page.goto("/login?next=//example.com/");
  await page.getByRole("heading", { name: "Local application" }).waitFor();
  await expect.poll(() => page.url()).toContain(dashboard.appPath);
  expect(new URL(page.url()).origin).toBe(dashboard.local.dashboard_url);

  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.context().close();
});

test("a session that is about to end is renewed once, and the page does not notice", async () => {
  const page = await dashboard.signIn();
  await page.goto(dashboard.appPath);
  await page.getByRole("heading", { name: "Local application" }).waitFor();
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem("columba.session") ?? "{}");
    session.access_token_expiration = new Date().toISOString();
    localStorage.setItem("columba.session", JSON.stringify(session));
  });
  const renewals: string[] = [];
  page.on("request", (request) => request.url().endsWith("/auth/refresh") && renewals.push(request.url()));
  await page.goto(`${dashboard.appPath}/events`);
  await page.getByRole("table").waitFor();
  expect(renewals).toHaveLength(1);
  await page.context().close();
});

test("what failed for good is found among the dead letters and sent again after a dry count", async () => {
  let isBroken = true;
  await using receiver = await startReceiver((response) => response.writeHead(isBroken ? 500 : 200).end());
  const subscription = await dashboard.subscribe(receiver.url, "Dead customer", {
    labels: { environment: "dead" },
    retry_policy: { schedule_seconds: [] },
    timeout_seconds: 7,
    signatures: ["hook0", "standard"],
  });
  await dashboard.send({ labels: { environment: "dead" } });
  await receiver.waitFor(1);
  isBroken = false;
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/dead-letters?subscription=${subscription}`);
  await page.getByRole("row", { name: /Dead customer/ }).waitFor();
  const replay = await page.getByRole("link", { name: "Replay at a pace…" }).getAttribute("href");
  expect(replay).toBe(`${dashboard.appPath}/replays/new?status=dead&subscription=${subscription}`);
  await page.getByRole("button", { name: "Retry dead letters…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 1" }).click();
  await receiver.waitFor(2);
  await page.getByText("No dead letters").or(page.getByText("Nothing matches")).first().waitFor();

  await page.goto(`${dashboard.appPath}/subscriptions/${subscription}?tab=settings`);
  await page.getByLabel("Name").fill("Revived customer");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Revived customer" }).waitFor();
  const { json } = await dashboard.call("GET", `/subscriptions/${subscription}`);
  expect(json).toMatchObject({
    description: "Revived customer",
    retry_policy: { schedule_seconds: [] },
    timeout_seconds: 7,
    signatures: ["hook0", "standard"],
    target: { url: receiver.url },
  });

  await page.getByRole("button", { name: "Health" }).click();
  await page.getByRole("button", { name: "Rotate…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  await page.getByText("The secret before it signs too").waitFor();
  const rotated = (await dashboard.call("GET", `/subscriptions/${subscription}`)).json.secret as string;
  expect(rotated).not.toBe(json.secret);
  await page.getByText(rotated).waitFor();
  await page.context().close();
});

test("a support person reads out why a customer did not get an event", async () => {
  const { event_id } = (await dashboard.send()).json as { event_id: string };
  await dashboard.subscribe("http://127.0.0.1:9/paying", "Paying customers", {
    event_types: ["shop.**"],
    labels: { environment: "local", plan: "paying" },
  });
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/events/${event_id}`);
  const why = page.locator("section", { hasText: "Why did a subscription get it, or not?" });
  await why.getByLabel("Subscription").selectOption({ label: "Paying customers, http://127.0.0.1:9/paying" });
  const summary = "Not sent: It asks for the label plan=paying, and the event has no label plan.";
  await expect.poll(() => why.textContent()).toContain(summary);
  expect(await why.getByRole("listitem").allTextContents()).toEqual([
    "The subscription exists.",
    "It asks for shop.**, which fits shop.order.paid.",
    "It asks for the label plan=paying, and the event has no label plan.",
  ]);
  await page.context().close();
});

test("a subscription's retries and signatures are set in words, and kept", async () => {
  await using receiver = await startReceiver();
  const subscription = await dashboard.subscribe(receiver.url, "Patient customer", {
    labels: { environment: "patient" },
  });
  const page = await dashboard.signIn();
  const settings = `${dashboard.appPath}/subscriptions/${subscription}?tab=settings`;
  await page.goto(settings);
  await page.getByText("Advanced").click();
  await page.getByLabel("Failed deliveries are tried again").selectOption("schedule");
  await page.getByLabel("Waits").fill("5 s, 1 min, 10 min, 1 d");
  await page.getByText("5 attempts within 1 d: at once, then after 5 s, 1 min, 10 min, 1 d.").waitFor();
  await page.getByLabel("Waits").fill("5 s, 2 d");
  await page.getByRole("button", { name: "Save" }).click();
  const field = page.getByLabel("Failed deliveries are tried again");
  await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
  await page.getByText("must be at most 86400", { exact: true }).waitFor();
  await page.getByLabel("Waits").fill("5 s, 1 min");
  await page.getByLabel("Standard Webhooks, by secret (v1)").check();
  await page.getByLabel("Standard Webhooks, by public key (v1a)").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();

  await page.goto(settings);
  await page.getByText("own retries, signatures").click();
  expect(await page.getByLabel("Waits").inputValue()).toBe("5 s, 1 min");
  expect(await page.getByLabel("Standard Webhooks, by secret (v1)").isChecked()).toBe(true);
  await page.getByRole("button", { name: "Health" }).click();
  await page.getByText("3 attempts within 1.1 min: at once, then after 5 s, 1 min.").waitFor();
  const { json } = await dashboard.call("GET", `/subscriptions/${subscription}`);
  expect(json).toMatchObject({
    retry_policy: { schedule_seconds: [5, 60], window_seconds: null },
    signatures: ["hook0", "standard", "standard_ed25519"],
    timeout_seconds: null,
  });
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText(json.standard_secret as string).waitFor();

  await dashboard.send({ labels: { environment: "patient" } });
  await receiver.waitFor(1);
  expect(receiver.received[0]?.headers["webhook-signature"]).toMatch(/^v1,\S+ v1a,\S+$/);
  await page.context().close();
});

test("a replay is counted, started and seen to finish; another is paused and cancelled", async () => {
  await using receiver = await startReceiver();
  const labels = { environment: "again" };
  await dashboard.subscribe(receiver.url, "Customer again", { labels });
  for (let index = 0; index < 3; index++) await dashboard.send({ labels });
  await receiver.waitFor(3);
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/replays`);
  await page.getByRole("link", { name: "New replay" }).click();
  await page.getByLabel("Send again").selectOption("all");
  await page.getByLabel("For", { exact: true }).selectOption({ label: "Customer again" });
  await page.getByLabel("Labels").fill("environment=again");
  await page.getByRole("button", { name: "Count deliveries" }).click();
  await page.getByText("3 deliveries would be made").waitFor();
  await page.getByRole("button", { name: "Start the replay" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "for Customer again" });
  await row.getByText("3 of 3 expected").waitFor();
  await row.getByText("Completed").waitFor();
  await receiver.waitFor(6);

  for (let index = 0; index < 90; index++) await dashboard.send({ labels });
  await page.goto(`${dashboard.appPath}/replays/new?status=all&label=environment%3Dagain`);
  await page.getByLabel("Deliveries a second, at most").fill("1");
  await page.getByRole("button", { name: "Count deliveries" }).click();
  await page.getByRole("button", { name: "Start the replay" }).click();
  const slow = page.getByRole("listitem").filter({ hasText: "at most 1 a second" });
  await slow.getByRole("button", { name: "Pause" }).click();
  await slow.getByText("Paused").waitFor();
  await slow.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the replay" }).click();
  await slow.getByText("Cancelled").waitFor();
  expect(await slow.getByRole("button").count()).toBe(0);
  await page.context().close();
});

test("a customer's events are erased after their label is typed, and the counts stay", async () => {
  const labels = { environment: "nobody", customer: "42" };
  const { event_id } = (await dashboard.send({ labels })).json as { event_id: string };
  const page = await dashboard.signIn();
  await page.goto(`${dashboard.appPath}/erasures`);
  await page.getByLabel("Labels").fill("customer=42");
  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase the events with these labels?" });
  expect(await dialog.getByRole("button", { name: "Erase" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Type").fill("customer=42");
  await dialog.getByRole("button", { name: "Erase" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Events with labels that are forgotten now" });
  await row.getByText("1 event and 0 attempts erased").waitFor();
  const { application_id } = dashboard.local;
  const gone = await dashboard.call("GET", `/events/${event_id}?application_id=${application_id}`);
  expect(gone.status).toBe(404);
  await page.context().close();
});

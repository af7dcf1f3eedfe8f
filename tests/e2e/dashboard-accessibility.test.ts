import { createServer, type Server } from "node:http";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { violationsOf, startDashboard, type Dashboard } from "../helpers/dashboard.ts";

let dashboard: Dashboard;
let broken: Server;
let places: readonly (readonly [name: string, path: string])[];

beforeAll(async () => {
  dashboard = await startDashboard();
  broken = createServer((request, response) => {
    request.resume();
    response.writeHead(500, { "content-type": "application/json" }).end('{"error":"locked"}');
  });
  await new Promise<void>((done) => broken.listen(0, "127.0.0.1", done));
  const address = broken.address();
  const port = typeof address === "object" ? address?.port : 0;
  const subscription = await dashboard.subscribe(`http://127.0.0.1:${port}/`, "Broken customer");
  const event = (await dashboard.send()).json.event_id as string;
  const { local, appPath, call } = dashboard;
  const inApplication = `application_id=${local.application_id}`;
  const failed = async () => (await call("GET", `/request_attempts?${inApplication}&status=failed`)).json;
  const [attempt] = await vi.waitUntil(
    async () => {
      const found = await failed();
      return found.length > 0 && found;
    },
    { timeout: 15_000 },
  );
  await call("POST", "/erasures", { application_id: local.application_id, labels: { customer: "nobody" } });
  await call("POST", "/replays", {
    application_id: local.application_id,
    filter: { status: "all", labels: { environment: "local" }, subscription_id: subscription },
  });
  const [token] = (await call("GET", `/service_token?organization_id=${local.organization_id}`)).json;
  const org = `/o/${local.organization_id}`;
  places = [
    ["application", appPath],
    ["events", `${appPath}/events`],
    ["event", `${appPath}/events/${event}`],
    ["send an event", `${appPath}/events/new`],
    ["attempts", `${appPath}/attempts`],
    ["attempts, none", `${appPath}/attempts?event=00000000-0000-4000-8000-000000000000`],
    ["attempt", `${appPath}/attempts/${attempt.request_attempt_id}`],
    ["attempt, missing", `${appPath}/attempts/00000000-0000-4000-8000-000000000000`],
    ["dead letters", `${appPath}/dead-letters`],
    ["replays", `${appPath}/replays`],
    ["new replay", `${appPath}/replays/new?status=dead&subscription=${subscription}`],
    ["erasures", `${appPath}/erasures`],
    ["subscriptions", `${appPath}/subscriptions`],
    ["new subscription", `${appPath}/subscriptions/new`],
    ["subscription", `${appPath}/subscriptions/${subscription}`],
    ["subscription, attempts", `${appPath}/subscriptions/${subscription}?tab=attempts`],
    ["subscription, settings", `${appPath}/subscriptions/${subscription}?tab=settings`],
    ["event types", `${appPath}/event-types`],
    ["event type", `${appPath}/event-types/shop.order.paid`],
    ["secrets", `${appPath}/secrets`],
    ["application settings", `${appPath}/settings`],
    ["organization", org],
    ["members", `${org}/members`],
    ["tokens", `${org}/tokens`],
    ["token", `${org}/tokens/${token.token_id}`],
    ["audit log", `${org}/audit`],
    ["organization settings", `${org}/settings`],
    ["profile", "/settings"],
    ["API reference", "/api"],
    ["inspector", "/inspector"],
    ["mail", "/mail"],
    ["welcome", "/welcome"],
    ["nowhere", "/nowhere"],
  ];
});
afterAll(async () => {
  broken.close();
  await dashboard[Symbol.asyncDispose]();
});

/** Waits until the page has its heading and nothing of it is loading. */
async function settle(page: Page, name: string): Promise<void> {
  await page.locator("h1, [role=alert]").first().waitFor({ state: "attached" });
  await expect
    .poll(() => page.locator("[aria-busy=true]").count(), { message: `${name} loads`, timeout: 15_000 })
    .toBe(0);
}

for (const theme of ["light", "dark"] as const) {
  test(
    `every page is accessible to axe, fits its screen and logs no error, in ${theme}`,
    { timeout: 180_000 },
    async () => {
      const page = await dashboard.signIn({ colorScheme: theme, viewport: { width: 1280, height: 900 } });
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      for (const [name, path] of places) {
        await page.goto(path);
        await settle(page, name);
        expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe(theme);
        expect(await violationsOf(page), `${name}, ${theme}`).toEqual([]);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );

  test(`pages before sign-in are accessible to axe, in ${theme}`, async () => {
    const page = await dashboard.open({ colorScheme: theme });
    for (const path of [
      "/login",
      "/register",
      "/check-email?email=a@example.com",
      "/verify-email?token=nonsense",
      "/forgot-password",
      "/reset-password?token=nonsense",
    ]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await violationsOf(page), `${path}, ${theme}`).toEqual([]);
    }
    await page.context().close();
  });

  test(`every overlay is accessible to axe while open, in ${theme}`, async () => {
    const page = await dashboard.signIn({ colorScheme: theme });
    const check = async (name: string, open: () => Promise<unknown>) => {
      await open();
      expect(await violationsOf(page), `${name}, ${theme}`).toEqual([]);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator("dialog[open], [popover]:popover-open").count()).toBe(0);
    };
    await page.goto(`${dashboard.appPath}/attempts`);
    await page.getByRole("row").nth(1).waitFor();
    await check("palette", async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    });
    await check("shortcuts", async () => {
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    });
    await check("account menu", () => page.getByRole("button", { name: "Account" }).click());
    await check("application menu", () => page.getByRole("button", { name: "Choose application" }).click());
    await check("retry by filter", async () => {
      await page.getByRole("button", { name: "Retry failed…" }).click();
      await page.getByText(/failed within the filters/).waitFor();
    });
    await page.goto(`${dashboard.appPath}/subscriptions/new`);
    await check("advanced settings of a subscription", async () => {
      await page.getByText("Advanced").click();
      await page.getByLabel("Failed deliveries are tried again").selectOption("exponential");
      await page.getByText("11 attempts within").waitFor();
    });
    await page.goto(`${dashboard.appPath}/erasures`);
    await check("typed confirmation", async () => {
      await page.getByLabel("Labels").fill("customer=42");
      await page.getByRole("button", { name: "Erase…" }).click();
      await page.getByLabel("Type “customer=42” to confirm").waitFor();
    });
    await page.goto(`${dashboard.appPath}/settings`);
    await check("confirmation", () => page.getByRole("button", { name: "Delete this application…" }).click());
    await page.context().close();
  });
}

test("no page is wider than a phone, and the menu is there", { timeout: 120_000 }, async () => {
  const page = await dashboard.signIn({ viewport: { width: 375, height: 812 } });
  for (const [name, path] of places) {
    await page.goto(path);
    await settle(page, name);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(excess, name).toBeLessThanOrEqual(0);
  }
  await page.goto(dashboard.appPath);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("dialog", { name: "Menu" }).getByRole("link", { name: "Events" }).click();
  await page.getByRole("heading", { name: "Events" }).waitFor();
  await page.getByRole("dialog", { name: "Menu" }).waitFor({ state: "hidden" });
  await page.context().close();
});

test("a failed read says what went wrong, with the request's id, and can be tried again", async () => {
  const page = await dashboard.signIn();
  let isDown = true;
  await page.route("**/api/v1/subscriptions?*", (route) =>
    isDown
      ? route.fulfill({
          status: 422,
          headers: { "x-request-id": "request-42" },
          json: {
            id: "Validation",
            title: "x",
            detail: "The list cannot be read.",
            status: 422,
            validation: null,
          },
        })
      : route.continue(),
  );
  await page.goto(`${dashboard.appPath}/subscriptions`);
  const alert = page.getByRole("alert");
  await alert.getByText("The list cannot be read.").waitFor();
  expect(await alert.textContent()).toContain("request-42");
  expect(await violationsOf(page), "error state").toEqual([]);
  isDown = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row", { name: /Broken customer/ }).waitFor();
  await page.context().close();
});

test("the chosen theme holds against the system's, from the first frame on", async () => {
  const page = await dashboard.signIn({ colorScheme: "light" });
  await page.goto("/settings");
  await page.getByLabel("Dark").check();
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.querySelector("html[data-theme]") !== null);
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
  await page.context().close();
});

test("nothing jumps while the overview loads: layout shift stays under 0.05", async () => {
  const page = await dashboard.signIn();
  await page.addInitScript(() => {
    const sums = globalThis as unknown as { shift: number };
    sums.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sums.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const path of ["", "/attempts", "/events", "/subscriptions"]) {
    await page.goto(dashboard.appPath + path);
    await settle(page, path);
    expect(await page.evaluate(() => (globalThis as unknown as { shift: number }).shift), path).toBeLessThan(
      0.05,
    );
  }
  await page.context().close();
});

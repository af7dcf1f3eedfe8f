import axe from "axe-core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright";
import { expect } from "vitest";
import { bundledChromium } from "./chromium.ts";
import { startLocalStack } from "./local-stack.ts";

/** How long a page may take to show what a test waits for, on a busy machine. */
const PATIENCE_MS = 15_000;

export type Dashboard = Awaited<ReturnType<typeof startDashboard>>;

/** The local stack with the built dashboard, and a browser to look at it. */
export async function startDashboard() {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "columba-web-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const stack = cleanup.use(await startLocalStack(folder, { DISABLE_RATE_LIMITS: "true" }));
  const browser: Browser = await chromium.launch(await bundledChromium());
  cleanup.defer(() => browser.close());
  const { local } = stack;
  const resources = cleanup.move();
  const appPath = `/o/${local.organization_id}/a/${local.application_id}`;

  const open = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      baseURL: local.dashboard_url,
      permissions: ["clipboard-read", "clipboard-write"],
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context.newPage();
  };

  return {
    local,
    appPath,
    /** The API, as the seeded service token may call it. */
    call: (method: string, path: string, body?: unknown) =>
      stack.call(method, path, local.service_token, body),
    send: (extra: object = {}) =>
      stack.call("POST", "/event", local.application_secret, {
        application_id: local.application_id,
        event_type: "shop.order.paid",
        payload: '{"order":42}',
        payload_content_type: "application/json",
        occurred_at: new Date().toISOString(),
        labels: { environment: "local" },
        ...extra,
      }),
    subscribe: async (url: string, description: string, extra: object = {}) =>
      (
        await stack.call("POST", "/subscriptions", local.service_token, {
          application_id: local.application_id,
          is_enabled: true,
          event_types: ["shop.order.paid"],
          description,
          labels: { environment: "local" },
          target: { type: "http", method: "POST", url, headers: {} },
          ...extra,
        })
      ).json.subscription_id as string,
    open,
    /** A page of a visitor who has signed in, as the seeded person or another. */
    async signIn(
      options: BrowserContextOptions = {},
      who = { email: local.email, password: local.password },
    ) {
      const page = await open(options);
      const login = await stack.call("POST", "/auth/login", "", who);
      expect(login.status, login.text).toBe(201);
      await page.addInitScript(
        (session) =>
          localStorage.getItem("columba.session") ?? localStorage.setItem("columba.session", session),
        login.text,
      );
      return page;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Registers somebody and opens the link that was mailed. */
export async function registerPerson(dashboard: Dashboard, email: string, password: string): Promise<void> {
  const { local } = dashboard;
  const post = (path: string, body: unknown) =>
    fetch(`${local.api_url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const registered = await post("/register", { first_name: "Vera", last_name: "Viewer", email, password });
  expect(registered.status, await registered.text()).toBe(201);
  const verified = await post("/auth/verify-email", { token: await mailedToken(dashboard, email) });
  expect(verified.status, await verified.text()).toBe(201);
}

/** The token of the newest mailed link to this address. */
export async function mailedToken({ local }: Dashboard, email: string): Promise<string> {
  let token = "";
  await expect
    .poll(
      async () => {
        const mails = (await (await fetch(`${local.dashboard_url}/local/mail`)).json()) as {
          to: string;
          text: string;
        }[];
        token = /token=([^\s&]+)/.exec(mails.find((mail) => mail.to === email)?.text ?? "")?.[1] ?? "";
        return token;
      },
      { timeout: PATIENCE_MS },
    )
    .not.toBe("");
  return decodeURIComponent(token);
}

/** What axe finds wrong with the page as it stands; empty is right. */
export async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: api } = globalThis as unknown as { axe: typeof axe };
    const result = await api.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`,
    );
  });
}

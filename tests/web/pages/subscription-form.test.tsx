import axe from "axe-core";
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../../web/src/app.css";
import type { Subscription } from "../../../web/src/data/api.ts";
import { ApiProblem } from "../../../web/src/data/problem.ts";
import { SubscriptionForm } from "../../../web/src/pages/subscriptions/SubscriptionForm.tsx";
import type { SubscriptionInput } from "../../../web/src/pages/subscriptions/subscription-input.ts";
import { mountPage } from "../mount.tsx";

const plain: Subscription = {
  application_id: "a1",
  subscription_id: "s1",
  is_enabled: true,
  event_types: ["shop.order.paid", "user.**"],
  description: "Customer",
  secret: "secret",
  signatures: ["hook0"],
  standard_secret: "whsec_x",
  previous_secrets_until: null,
  metadata: { tier: "gold" },
  label_key: "environment",
  label_value: "local",
  labels: { environment: "local" },
  target: {
    type: "http",
    method: "HEAD",
    url: "https://example.com/hook",
    headers: { accept: "text/plain, text/html", "x-query": "a=b" },
  },
  retry_policy: null,
  timeout_seconds: null,
  rate_limit_per_second: null,
  concurrency_limit: null,
  forward_trace_context: false,
  disabled_reason: null,
  created_at: "2026-11-23T10:00:00Z",
  updated_at: "2026-11-23T10:00:00Z",
  dedicated_workers: [],
};
const answers = { "GET /event_types": () => ({ json: [{ event_type_name: "shop.order.paid" }] }) };

/** Shows the form; what it saves is kept, and refused when `refuse` throws. */
function show(subscription: Subscription | undefined, refuse: () => void = () => {}) {
  const saved: SubscriptionInput[] = [];
  const save = async (input: SubscriptionInput) => {
    refuse();
    saved.push(input);
  };
  mountPage(
    () => <SubscriptionForm {...(subscription && { subscription })} action="Save" onSave={save} />,
    answers,
  );
  return saved;
}

const open = () => userEvent.click(page.getByText("Advanced", { exact: false }));
const submit = () => userEvent.click(page.getByRole("button", { name: "Save" }));
const words = () => document.querySelector("main [role=status]")?.textContent;

test("what is saved untouched is what was there, whatever a subscription uses", async () => {
  const rich: Subscription = {
    ...plain,
    signatures: ["hook0", "standard_ed25519"],
    retry_policy: {
      exponential: { initial_seconds: 1.5, factor: 2.5, cap_seconds: 5_400, retries: 7 },
      window_seconds: 90_061,
    },
    timeout_seconds: 7,
    rate_limit_per_second: 20,
    forward_trace_context: true,
  };
  const scheduled = { ...rich, retry_policy: { schedule_seconds: [5, 90, 86_400], window_seconds: null } };
  const none = { ...rich, retry_policy: { schedule_seconds: [], window_seconds: 60 } };
  for (const subscription of [plain, rich, scheduled, none]) {
    const saved = show(subscription);
    await expect.element(page.getByRole("button", { name: "Save" }).last()).toBeVisible();
    await userEvent.click(page.getByRole("button", { name: "Save" }).last());
    await expect.poll(() => saved).toHaveLength(1);
    const { target, ...rest } = saved[0] as SubscriptionInput;
    expect(subscription.target).toEqual(target);
    expect(subscription).toMatchObject(rest);
  }
});

test("a subscription that chose nothing of its own hides what is advanced; one that did says what", async () => {
  show(plain);
  await expect.element(page.getByText("Advanced", { exact: true })).toBeVisible();
  await expect.element(page.getByLabelText("Timeout, seconds")).not.toBeVisible();
  show({ ...plain, signatures: ["standard"], rate_limit_per_second: 3 });
  await expect.element(page.getByText("limits, signatures")).toBeVisible();
});

test("a retry policy is told in words while it is typed, and saved in seconds", async () => {
  const saved = show(plain);
  await open();
  await expect.poll(words).toMatch(/^At once, then after 3 s, 10 s/);
  await userEvent.selectOptions(
    page.getByLabelText("Failed deliveries are tried again"),
    "After waits of your own",
  );
  await userEvent.fill(page.getByLabelText("Waits"), "5 s, 1 min, 1.5h, 1d");
  await expect.poll(words).toMatch(/^5 attempts within 1.1 d: at once, then after 5 s, 1 min, 1.5 h, 1 d/);
  await userEvent.fill(page.getByLabelText("No retry later than"), "2 h");
  await expect.poll(words).toMatch(/1 retry would come too late/);
  await userEvent.fill(page.getByLabelText("Waits"), "5 s, soon");
  await expect.poll(words).toBe("");
  await submit();
  expect(saved).toHaveLength(0);
  await userEvent.fill(page.getByLabelText("Waits"), "5 s, 1 min");
  await submit();
  await expect.poll(() => saved).toHaveLength(1);
  expect(saved[0]?.retry_policy).toEqual({ schedule_seconds: [5, 60], window_seconds: 7_200 });
});

test("growing waits, limits, signatures and traces are saved as chosen", async () => {
  const saved = show(plain);
  await open();
  await userEvent.selectOptions(
    page.getByLabelText("Failed deliveries are tried again"),
    "After waits that grow",
  );
  await userEvent.fill(page.getByLabelText("First wait"), "2 s");
  await userEvent.fill(page.getByLabelText("Factor"), "2");
  await userEvent.fill(page.getByLabelText("Longest wait"), "1 h");
  await userEvent.fill(page.getByLabelText("Retries", { exact: true }).last(), "3");
  await expect.poll(words).toBe("4 attempts within 14 s: at once, then after 2 s, 4 s, 8 s.");
  await userEvent.fill(page.getByLabelText("Timeout, seconds"), "9");
  await userEvent.click(page.getByLabelText("Standard Webhooks, by secret (v1)"));
  await userEvent.click(page.getByLabelText("Hook0"));
  await userEvent.click(page.getByLabelText("Pass on the trace of each event"));
  await submit();
  await expect.poll(() => saved).toHaveLength(1);
  expect(saved[0]).toMatchObject({
    retry_policy: {
      exponential: { initial_seconds: 2, factor: 2, cap_seconds: 3_600, retries: 3 },
      window_seconds: null,
    },
    timeout_seconds: 9,
    rate_limit_per_second: null,
    signatures: ["standard"],
    forward_trace_context: true,
  });
});

test("what the API refuses stands at its field, what was folded away opens, and what was typed stays", async () => {
  show(plain, () => {
    throw new ApiProblem("refused", {
      id: "Validation",
      status: 422,
      validation: {
        retry_policy: [{ message: "must be at most 86400" }],
        signatures: [{ message: "must name at least one form" }],
        timeout_seconds: [{ message: "must be a whole number from 1 to 30" }],
      },
    });
  });
  await open();
  await userEvent.fill(page.getByLabelText("Timeout, seconds"), "12");
  await userEvent.fill(page.getByLabelText("Name"), "Typed");
  await open();
  await submit();
  await expect
    .element(page.getByLabelText("Failed deliveries are tried again"))
    .toHaveAccessibleDescription("must be at most 86400");
  await expect
    .element(page.getByRole("group", { name: "Signatures" }))
    .toHaveAccessibleDescription("must name at least one form");
  await expect.element(page.getByLabelText("Timeout, seconds")).toBeVisible();
  await expect.element(page.getByLabelText("Timeout, seconds")).toHaveValue(12);
  await expect.element(page.getByLabelText("Name")).toHaveValue("Typed");
  await expect
    .element(page.getByLabelText("Timeout, seconds"))
    .toHaveAccessibleDescription(/must be a whole number from 1 to 30/);
  const { violations } = await axe.run(document.querySelector("main") ?? document);
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
});

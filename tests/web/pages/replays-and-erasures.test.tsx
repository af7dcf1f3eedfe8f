import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../../web/src/app.css";
import ErasureList from "../../../web/src/pages/erasures/ErasureList.tsx";
import NewReplay from "../../../web/src/pages/replays/NewReplay.tsx";
import { mountPage } from "../mount.tsx";

const subscription = {
  subscription_id: "s1",
  description: "Customer",
  target: { type: "http", method: "POST", url: "https://example.com/", headers: {} },
};

test("a replay starts with what its link says, is counted first, and counted again when it changes", async () => {
  const asked: unknown[] = [];
  const answers = {
    "GET /subscriptions": () => ({ json: [subscription] }),
    "GET /event_types": () => ({ json: [{ event_type_name: "a.b.c" }, { event_type_name: "d.e.f" }] }),
    "POST /replays": (body: unknown) => {
      asked.push(body);
      return { json: { attempts_expected: 50_000, is_exact: false } };
    },
  };
  mountPage(NewReplay, answers, "/replays/new?status=dead&type=a.b.c&subscription=s1");
  await expect.element(page.getByLabelText("Send again")).toHaveValue("dead");
  await expect.element(page.getByLabelText("For", { exact: true })).toHaveValue("s1");
  await expect.element(page.getByLabelText("a.b.c")).toBeChecked();
  await userEvent.fill(page.getByLabelText("Received since"), "2026-11-23T10:00");
  await userEvent.fill(page.getByLabelText("Labels"), "customer=4,2");
  await userEvent.click(page.getByRole("button", { name: "Count deliveries" }));
  await expect.element(page.getByText("50,000 or more")).toBeVisible();
  await expect.poll(() => document.querySelector("main [role=status]")?.textContent).toContain("in 17 min");

  await userEvent.fill(page.getByLabelText("Deliveries a second, at most"), "1000");
  await userEvent.click(page.getByRole("button", { name: "Count deliveries" }));
  await userEvent.click(page.getByRole("button", { name: "Start the replay" }));
  await expect.poll(() => asked).toHaveLength(3);
  const filter = {
    status: "dead",
    event_type_names: ["a.b.c"],
    subscription_id: "s1",
    labels: { customer: "4,2" },
    min_received_at: new Date("2026-11-23T10:00").toISOString(),
  };
  const slow = { application_id: "a1", attempts_per_second: 50, filter };
  const fast = { ...slow, attempts_per_second: 1_000 };
  expect(asked).toEqual([
    { ...slow, dry_run: true },
    { ...fast, dry_run: true },
    { ...fast, dry_run: false },
  ]);
});

test("nothing is erased before its name is typed: the labels, or the application for all of it", async () => {
  const asked: unknown[] = [];
  const rows: unknown[] = [];
  mountPage(ErasureList, {
    "GET /applications/a1": () => ({ json: { application_id: "a1", name: "Shop" } }),
    "GET /erasures": () => ({ json: rows }),
    "POST /erasures": (body) => {
      asked.push(body);
      const erasure = {
        erasure_id: "e1",
        application_id: "a1",
        all_events: false,
        labels: { customer: "42" },
        state: "running",
        events_erased: 7,
        attempts_erased: 1,
        created_at: new Date().toISOString(),
        ended_at: null,
      };
      rows.push(erasure);
      return { status: 201, json: erasure };
    },
  });
  const erase = async (name: string, wrong: string) => {
    await userEvent.click(page.getByRole("button", { name: "Erase…" }));
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Erase", exact: true });
    await userEvent.fill(page.getByLabelText(`Type “${name}” to confirm`), wrong);
    await expect.element(confirm).toBeDisabled();
    await userEvent.fill(page.getByLabelText(`Type “${name}” to confirm`), name);
    await userEvent.click(confirm);
  };
  await userEvent.fill(page.getByLabelText("Labels"), "customer=42\nplan=paid");
  await erase("customer=42, plan=paid", "customer=42");
  await expect
    .poll(() => asked)
    .toEqual([{ application_id: "a1", labels: { customer: "42", plan: "paid" } }]);
  await expect.element(page.getByText("7 events and 1 attempt erased")).toBeVisible();
  await userEvent.click(page.getByLabelText("All of this application"));
  await erase("Shop", "shop");
  await expect.poll(() => asked.at(-1)).toEqual({ application_id: "a1", all_events: true });
});

import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../../web/src/app.css";
import { SendTest } from "../../../web/src/pages/subscriptions/SendTest.tsx";
import { Toasts } from "../../../web/src/ui/Toasts.tsx";
import { mountPage } from "../mount.tsx";

const types = ["user.account.created", "shop.order.paid"].map((event_type_name) => ({ event_type_name }));

function mountSendTest(event_types: string[]) {
  const sent: unknown[] = [];
  const subscription = { subscription_id: "s1", event_types, labels: { customer: "42" } };
  mountPage(
    () => (
      <>
        <SendTest subscription={subscription as never} onSent={() => {}} />
        <Toasts />
      </>
    ),
    {
      "GET /event_types": () => ({ json: types }),
      "POST /event": (body) => {
        sent.push(body);
        return { status: 201, json: { event_id: "e1" } };
      },
    },
  );
  return sent;
}

test("a test event has a type that a pattern of the subscription fits, and its labels", async () => {
  const sent = mountSendTest(["shop.**"]);
  await userEvent.click(page.getByRole("button", { name: "Send a test" }));
  await expect
    .poll(() => sent)
    .toMatchObject([{ event_type: "shop.order.paid", labels: { customer: "42" } }]);
});

test("nothing is sent where no event type fits, and the person is told", async () => {
  const sent = mountSendTest(["billing.**"]);
  await userEvent.click(page.getByRole("button", { name: "Send a test" }));
  await expect
    .poll(() => document.querySelector("main [role=status]")?.textContent)
    .toContain("no event type that the subscription wants");
  expect(sent).toEqual([]);
});

import { createSignal } from "solid-js";
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../../web/src/app.css";
import { ConfirmDialog } from "../../../web/src/ui/ConfirmDialog.tsx";
import { mountPage } from "../mount.tsx";

test("what is confirmed and closed under way cannot be confirmed again, and says when opened how it failed", async () => {
  const [isOpen, setOpen] = createSignal(true);
  const asked: ((refusal: Error) => void)[] = [];
  mountPage(
    () => (
      <>
        <button onClick={() => setOpen(true)}>Open</button>
        <ConfirmDialog
          title="Remove it?"
          consequence="It is gone."
          action="Remove"
          open={isOpen()}
          onClose={() => setOpen(false)}
          onConfirm={() => new Promise((_, reject) => asked.push(reject))}
        />
      </>
    ),
    {},
  );
  const open = () => userEvent.click(page.getByRole("button", { name: "Open" }));
  const remove = page.getByRole("dialog").getByRole("button", { name: "Remove" });
  await userEvent.click(remove);
  await userEvent.keyboard("{Escape}");
  await expect.poll(isOpen).toBe(false);
  await open();
  await expect.element(remove).toBeDisabled();

  asked[0]?.(new Error("It is in use."));
  await expect.poll(() => document.querySelector("dialog [role=alert]")?.textContent).toBe("It is in use.");
  await userEvent.keyboard("{Escape}");
  await expect.poll(isOpen).toBe(false);
  await open();
  await expect.poll(() => document.querySelector("dialog [role=alert]")?.textContent).toBe("");
  expect(asked).toHaveLength(1);
});

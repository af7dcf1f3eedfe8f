import axe from "axe-core";
import { createSignal } from "solid-js";
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../../web/src/app.css";
import { Dialog } from "../../../web/src/ui/Dialog.tsx";
import { TextField } from "../../../web/src/ui/Field.tsx";
import { JsonView } from "../../../web/src/ui/JsonView.tsx";
import { Menu, menuItem } from "../../../web/src/ui/Menu.tsx";
import { Payload } from "../../../web/src/ui/Payload.tsx";
import { QueryView } from "../../../web/src/ui/QueryView.tsx";
import { readText } from "../../../web/src/lib/payload.ts";
import { mount } from "../mount.tsx";
import { shortcutName, useShortcuts } from "../../../web/src/lib/shortcuts.ts";

test("a dialog takes the focus, closes on Escape and gives the focus back", async () => {
  const [isOpen, setOpen] = createSignal(false);
  mount(() => (
    <>
      <button onClick={() => setOpen(true)}>Open</button>
      <Dialog title="Ask" open={isOpen()} onClose={() => setOpen(false)}>
        <input aria-label="Answer" />
      </Dialog>
    </>
  ));
  await userEvent.click(page.getByRole("button", { name: "Open" }));
  await expect.element(page.getByRole("dialog", { name: "Ask" })).toBeVisible();
  expect(document.activeElement?.closest("dialog")).not.toBeNull();
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => isOpen()).toBe(false);
  expect(document.activeElement?.textContent).toBe("Open");
});

test("a menu opens on its first item, moves by arrows, and closes when one is chosen", async () => {
  const chosen: string[] = [];
  mount(() => (
    <Menu label="Fruit" trigger="choose" triggerClass="">
      <button role="menuitem" class={menuItem} onClick={() => chosen.push("apple")}>
        Apple
      </button>
      <button role="menuitem" class={menuItem} onClick={() => chosen.push("pear")}>
        Pear
      </button>
    </Menu>
  ));
  await userEvent.click(page.getByRole("button", { name: "Fruit: choose" }));
  await expect.poll(() => document.activeElement?.textContent).toBe("Apple");
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent).toBe("Pear");
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent).toBe("Apple");
  await userEvent.keyboard("{End}{Enter}");
  expect(chosen).toEqual(["pear"]);
  await expect.poll(() => document.querySelector(":popover-open")).toBeNull();
});

test("what is read has four states, and each shows only itself", async () => {
  type State = {
    isPending: boolean;
    isError: boolean;
    isSuccess: boolean;
    error: unknown;
    data: string[] | undefined;
  };
  const pending: State = { isPending: true, isError: false, isSuccess: false, error: null, data: undefined };
  const [state, setState] = createSignal<State>(pending);
  let tries = 0;
  const query = {
    get isPending() {
      return state().isPending;
    },
    get isError() {
      return state().isError;
    },
    get isSuccess() {
      return state().isSuccess;
    },
    get error() {
      return state().error;
    },
    get data() {
      return state().data;
    },
    refetch: () => ++tries,
  };
  mount(() => (
    <main>
      <QueryView query={query} skeleton="loading" empty="nothing" isEmpty={(rows) => rows.length === 0}>
        {(rows) => <p>{rows().join()}</p>}
      </QueryView>
    </main>
  ));
  const text = () => document.querySelector("main")?.textContent;
  expect(text()).toBe("loading");
  setState({ ...pending, isPending: false, isError: true, error: new Error("broken") });
  expect(text()).toContain("broken");
  await userEvent.click(page.getByRole("button", { name: "Try again" }));
  expect(tries).toBe(1);
  setState({ ...pending, isPending: false, isSuccess: true, data: [] });
  expect(text()).toBe("nothing");
  setState({ ...pending, isPending: false, isSuccess: true, data: ["a", "b"] });
  expect(text()).toBe("a,b");
});

test("JSON and bodies are shown as text, whatever markup they hold", async () => {
  const hostile = { "<img src=x onerror=alert(1)>": ['"quoted"', 1.5e-3, true, null] };
  mount(() => (
    <main>
      <JsonView value={hostile} label="json" />
      <Payload payload={readText("<script>alert(1)</script>")} label="body" />
    </main>
  ));
  expect(document.querySelector("main img, main script")).toBeNull();
  expect(document.querySelector("main pre")?.textContent).toBe(JSON.stringify(hostile, null, 2));
  expect(document.querySelector("main")?.textContent).toContain("<script>alert(1)</script>");
});

test("a field ties its label, hint and error to its control", async () => {
  mount(() => (
    <main>
      <h1>Form</h1>
      <TextField label="Name" hint="Short" error="too long" name="name" />
    </main>
  ));
  const input = page.getByLabelText("Name");
  await expect.element(input).toHaveAccessibleDescription("Short too long");
  await expect.element(input).toHaveAttribute("aria-invalid", "true");
  const { violations } = await axe.run(document.querySelector("main") ?? document);
  expect(violations).toEqual([]);
});

test("shortcuts rest while somebody types, but for those with the command key", async () => {
  const pressed: string[] = [];
  const Page = () => {
    useShortcuts({ j: () => pressed.push("j"), "mod+k": () => pressed.push("mod+k") });
    return <input aria-label="Text" />;
  };
  mount(Page);
  await userEvent.keyboard("j");
  await userEvent.click(page.getByLabelText("Text"));
  await userEvent.keyboard("j{Control>}k{/Control}");
  expect(pressed).toEqual(["j", "mod+k"]);
  expect(shortcutName({ key: "K", metaKey: true, ctrlKey: false, altKey: false })).toBe("mod+k");
  expect(shortcutName({ key: "j", metaKey: false, ctrlKey: false, altKey: true })).toBe("");
});

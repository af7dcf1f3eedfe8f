import { useNavigate } from "@solidjs/router";
import { For } from "solid-js";
import { changePassword } from "../../data/account.ts";
import { session } from "../../data/session.ts";
import { chooseTheme, theme } from "../../lib/theme.ts";
import { Facts, Section } from "../../ui/Facts.tsx";
import { TextField } from "../../ui/Field.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { PasswordField } from "./PasswordField.tsx";

const themes = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

export default function Profile() {
  const navigate = useNavigate();
  const change = async (value: (name: string) => string) => {
    await changePassword(value("current_password"), value("new_password"));
    toast("Password changed. Sign in again.");
    navigate("/login");
  };
  return (
    <>
      <PageHeader title="Profile and password" />
      <div class="flex max-w-2xl flex-col gap-4">
        <Section title="You">
          <Facts
            facts={[
              ["Name", `${session()?.first_name ?? ""} ${session()?.last_name ?? ""}`],
              ["Email", session()?.email],
            ]}
          />
        </Section>
        <Section title="Theme">
          <fieldset class="flex flex-wrap gap-4">
            <legend class="sr-only">Theme</legend>
            <For each={themes}>
              {([value, label]) => (
                <label class="flex min-h-8 items-center gap-2">
                  <input
                    type="radio"
                    name="theme"
                    class="size-4 accent-accent"
                    checked={theme() === value}
                    onChange={() => chooseTheme(value)}
                  />
                  {label}
                </label>
              )}
            </For>
          </fieldset>
        </Section>
        <Section title="Password">
          <SubmitForm stretch action="Change password" onSubmit={change}>
            {(field) => (
              <>
                <p class="text-sm text-ink-2">Every session of yours ends, this one included.</p>
                <TextField
                  label="Current password"
                  name="current_password"
                  type="password"
                  autocomplete="current-password"
                  required
                  maxlength="100"
                />
                <PasswordField label="New password" {...field("new_password")} />
              </>
            )}
          </SubmitForm>
        </Section>
      </div>
    </>
  );
}

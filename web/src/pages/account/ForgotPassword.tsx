import { A } from "@solidjs/router";
import { createSignal, Show } from "solid-js";
import { beginPasswordReset } from "../../data/account.ts";
import { ApiProblem } from "../../data/problem.ts";
import { TextField } from "../../ui/Field.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";

export default function ForgotPassword() {
  const [sentTo, setSentTo] = createSignal<string>();
  const begin = async (value: (name: string) => string) => {
    // Whether an address has an account is nobody's business: the same words for both.
    await beginPasswordReset(value("email")).catch((error: unknown) => {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
    });
    setSentTo(value("email"));
  };
  return (
    <AccountFrame
      title="Reset your password"
      lead={sentTo() ? undefined : "We send you a link with which you choose a new one."}
      foot={
        <A href="/login" class={link}>
          Back to sign in
        </A>
      }
    >
      <Show
        when={sentTo()}
        fallback={
          <SubmitForm stretch action="Send the link" onSubmit={begin}>
            {() => (
              <TextField
                label="Email"
                name="email"
                type="email"
                autocomplete="username"
                required
                maxlength="100"
              />
            )}
          </SubmitForm>
        }
      >
        <p role="status">
          If <strong class="font-medium break-all">{sentTo()}</strong> has an account, a link is on its way.
        </p>
      </Show>
    </AccountFrame>
  );
}

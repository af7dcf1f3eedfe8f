import { A, Navigate, useNavigate, useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { signIn } from "../../data/account.ts";
import { ApiProblem } from "../../data/problem.ts";
import { queries } from "../../data/queries.ts";
import { session } from "../../data/session.ts";
import { one } from "../../lib/search.ts";
import { TextField } from "../../ui/Field.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";

export default function Login() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const instance = useQuery(queries.instance);
  const next = () => {
    const path = one(params["next"]) ?? "/";
    // A path of ours only: the link may have been made by anyone.
    return /^\/(?![/\\])/.test(path) ? path : "/";
  };
  const enter = async (value: (name: string) => string) => {
    try {
      await signIn(value("email"), value("password"));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.id !== "AuthEmailNotVerified") throw error;
      navigate(`/check-email?email=${encodeURIComponent(value("email"))}`);
    }
  };
  return (
    <Show when={!session()} fallback={<Navigate href={next()} />}>
      <AccountFrame
        title="Sign in"
        lead="To your events and where they went."
        foot={
          <Show when={instance.isSuccess && !instance.data.registration_disabled}>
            New here?{" "}
            <A href="/register" class={link}>
              Create an account
            </A>
          </Show>
        }
      >
        <SubmitForm stretch action="Sign in" onSubmit={enter}>
          {() => (
            <>
              <TextField
                label="Email"
                name="email"
                type="email"
                autocomplete="username"
                required
                maxlength="100"
                autofocus
              />
              <TextField
                label="Password"
                name="password"
                type="password"
                autocomplete="current-password"
                required
                maxlength="100"
              />
              <p class="-mt-2 text-sm">
                <A href="/forgot-password" class={link}>
                  Forgot it?
                </A>
              </p>
            </>
          )}
        </SubmitForm>
      </AccountFrame>
    </Show>
  );
}

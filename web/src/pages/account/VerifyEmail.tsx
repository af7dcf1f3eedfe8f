import { A, useNavigate, useSearchParams } from "@solidjs/router";
import { createSignal, onMount } from "solid-js";
import { verifyEmail } from "../../data/account.ts";
import { one } from "../../lib/search.ts";
import { FormFailure } from "../../ui/Failure.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";

export default function VerifyEmail() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [error, setError] = createSignal<unknown>();
  onMount(() => {
    verifyEmail(one(params["token"]) ?? "").then(() => navigate("/", { replace: true }), setError);
  });
  return (
    <AccountFrame
      title={error() ? "This link does not work" : "Opening your account…"}
      foot={
        <A href="/login" class={link}>
          To sign in
        </A>
      }
    >
      <FormFailure error={error()} />
    </AccountFrame>
  );
}

import { A, useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { resendVerification } from "../../data/account.ts";
import { hasMail } from "../../data/local.ts";
import { one } from "../../lib/search.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { toast, toastError } from "../../ui/Toasts.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";

export default function CheckEmail() {
  const [params] = useSearchParams();
  const [busy, setBusy] = createSignal(false);
  const mail = useQuery(hasMail);
  const email = () => one(params["email"]);
  const again = async () => {
    setBusy(true);
    try {
      await resendVerification(email() ?? "");
      toast("Sent again.");
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <AccountFrame
      title="Check your email"
      lead={
        <>
          We have sent a link to{" "}
          <strong class="font-medium break-all text-ink">{email() ?? "your address"}</strong>. It opens your
          account.
        </>
      }
      foot={
        <A href="/login" class={link}>
          Back to sign in
        </A>
      }
    >
      <div class="flex flex-wrap gap-2">
        <Show when={mail.isSuccess && mail.data}>
          <LinkButton href="/mail" look="primary">
            Read the local mail
          </LinkButton>
        </Show>
        <Show when={email()}>
          <Button busy={busy()} onClick={() => void again()}>
            Send it again
          </Button>
        </Show>
      </div>
    </AccountFrame>
  );
}

import { A, useSearchParams } from "@solidjs/router";
import { useMutation, useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { resendVerification } from "../../data/account.ts";
import { hasMail } from "../../data/local.ts";
import { one } from "../../lib/search.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { toast, toastError } from "../../ui/Toasts.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";

export default function CheckEmail() {
  const [params] = useSearchParams();
  const mail = useQuery(hasMail);
  const email = () => one(params["email"]);
  const resend = useMutation(() => ({
    mutationFn: () => resendVerification(email() ?? ""),
    onSuccess: () => toast("Sent again."),
    onError: toastError,
  }));
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
          <Button busy={resend.isPending} onClick={() => resend.mutate()}>
            Send it again
          </Button>
        </Show>
      </div>
    </AccountFrame>
  );
}

import { useNavigate } from "@solidjs/router";
import { useQuery, useQueryClient } from "@tanstack/solid-query";
import { api } from "../../data/api.ts";
import { hasInspector } from "../../data/local.ts";
import { useScope } from "../../shell/scope.ts";
import { PageHeader } from "../../ui/PageHeader.tsx";
import { toast } from "../../ui/Toasts.tsx";
import { SubscriptionForm } from "./SubscriptionForm.tsx";
import type { SubscriptionInput } from "./subscription-input.ts";

export default function NewSubscription() {
  const scope = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const inspector = useQuery(hasInspector);
  const create = async (input: SubscriptionInput) => {
    const created = await (await api.subscriptions.$post({ json: input })).json();
    await client.invalidateQueries({ queryKey: ["subscriptions"] });
    toast("Subscription created.");
    navigate(scope.appPath(`/subscriptions/${created.subscription_id}`));
  };
  return (
    <>
      <PageHeader
        title="New subscription"
        back={{ href: scope.appPath("/subscriptions"), label: "Subscriptions" }}
        description={
          inspector.isSuccess && inspector.data
            ? `To try it out, deliver to this stack's own inspector: ${location.origin}/inspector`
            : undefined
        }
      />
      <div class="card max-w-2xl p-5">
        <SubscriptionForm action="Create" onSave={create} />
      </div>
    </>
  );
}

import { useNavigate, useSearchParams } from "@solidjs/router";
import { resetPassword } from "../../data/account.ts";
import { one } from "../../lib/search.ts";
import { toast } from "../../ui/Toasts.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
import { AccountFrame } from "./AccountFrame.tsx";
import { PasswordField } from "./PasswordField.tsx";

export default function ResetPassword() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const save = async (value: (name: string) => string) => {
    await resetPassword(one(params["token"]) ?? "", value("password"));
    toast("Password changed. Sign in with it.");
    navigate("/login");
  };
  return (
    <AccountFrame title="Choose a new password">
      <SubmitForm stretch action="Save" onSubmit={save}>
        {(field) => <PasswordField label="New password" {...field("password", "new_password")} />}
      </SubmitForm>
    </AccountFrame>
  );
}

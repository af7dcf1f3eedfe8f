import { useNavigate, useSearchParams } from "@solidjs/router";
import { resetPassword } from "../../data/account.ts";
import { fieldMessages } from "../../data/problem.ts";
import { one } from "../../lib/search.ts";
import { toast } from "../../ui/Toasts.tsx";
import { AccountForm } from "./AccountForm.tsx";
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
      <AccountForm action="Save" onSubmit={save}>
        {(error) => (
          <PasswordField
            label="New password"
            name="password"
            error={fieldMessages(error(), "new_password")}
          />
        )}
      </AccountForm>
    </AccountFrame>
  );
}

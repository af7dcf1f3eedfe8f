import { A, useNavigate } from "@solidjs/router";
import { register } from "../../data/account.ts";
import { fieldMessages } from "../../data/problem.ts";
import { TextField } from "../../ui/Field.tsx";
import { AccountForm } from "./AccountForm.tsx";
import { AccountFrame, link } from "./AccountFrame.tsx";
import { PasswordField } from "./PasswordField.tsx";

export default function Register() {
  const navigate = useNavigate();
  const create = async (value: (name: string) => string) => {
    await register({
      first_name: value("first_name"),
      last_name: value("last_name"),
      email: value("email"),
      password: value("password"),
    });
    navigate(`/check-email?email=${encodeURIComponent(value("email"))}`);
  };
  return (
    <AccountFrame
      title="Create an account"
      lead="You get an organization of your own, and can be invited to others."
      foot={
        <>
          Have one already?{" "}
          <A href="/login" class={link}>
            Sign in
          </A>
        </>
      }
    >
      <AccountForm action="Create account" onSubmit={create}>
        {(error) => (
          <>
            <div class="grid grid-cols-2 gap-3">
              <TextField
                label="First name"
                name="first_name"
                autocomplete="given-name"
                required
                maxlength="50"
                error={fieldMessages(error(), "first_name")}
              />
              <TextField
                label="Last name"
                name="last_name"
                autocomplete="family-name"
                required
                maxlength="50"
                error={fieldMessages(error(), "last_name")}
              />
            </div>
            <TextField
              label="Email"
              name="email"
              type="email"
              autocomplete="username"
              required
              maxlength="100"
              error={fieldMessages(error(), "email")}
            />
            <PasswordField label="Password" name="password" error={fieldMessages(error(), "password")} />
          </>
        )}
      </AccountForm>
    </AccountFrame>
  );
}

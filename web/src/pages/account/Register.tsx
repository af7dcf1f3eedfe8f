import { A, useNavigate } from "@solidjs/router";
import { register } from "../../data/account.ts";
import { TextField } from "../../ui/Field.tsx";
import { SubmitForm } from "../../ui/SubmitForm.tsx";
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
      <SubmitForm stretch action="Create account" onSubmit={create}>
        {(field) => (
          <>
            <div class="grid grid-cols-2 gap-3">
              <TextField
                label="First name"
                {...field("first_name")}
                autocomplete="given-name"
                required
                maxlength="50"
              />
              <TextField
                label="Last name"
                {...field("last_name")}
                autocomplete="family-name"
                required
                maxlength="50"
              />
            </div>
            <TextField
              label="Email"
              {...field("email")}
              type="email"
              autocomplete="username"
              required
              maxlength="100"
            />
            <PasswordField label="Password" {...field("password")} />
          </>
        )}
      </SubmitForm>
    </AccountFrame>
  );
}

import type { InferInput } from "valibot";
import type { PasswordPost } from "#core/account/password-change.ts";
import type { Registration, RegistrationPost } from "#core/account/registration.ts";
import type { LoginPost, Session } from "#core/account/session.ts";
import { biscuit, email, organizationId, userId } from "#functions/api/examples/ids.ts";

const password = "correct horse battery staple";
/** As it comes in a mail's link. */
const token = "Zm9yLWEtbWFpbC1hbmQtZm9yLW9uZS11c2Utb25seQ";

export const registrationPost: InferInput<typeof RegistrationPost> = {
  first_name: "Ada",
  last_name: "Lovelace",
  email,
  password,
};
export const registration: Registration = { organization_id: organizationId, user_id: userId };
export const tokenPost = { token };
export const addressPost = { email };
export const resetPost = { token, new_password: password };
export const loginPost: InferInput<typeof LoginPost> = { email, password };
export const passwordPost: InferInput<typeof PasswordPost> = {
  current_password: "the passphrase until now",
  new_password: password,
};
export const session: Session = {
  access_token: biscuit,
  access_token_expiration: new Date("2026-11-23T10:05:00Z"),
  refresh_token: biscuit,
  refresh_token_expiration: new Date("2026-12-23T10:00:00Z"),
  user_id: userId,
  email,
  first_name: "Ada",
  last_name: "Lovelace",
};

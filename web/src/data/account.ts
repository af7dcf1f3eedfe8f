import { keepSession, session, type Session } from "./session.ts";
import { send } from "./transport.ts";

export interface Registration {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly password: string;
}

export const register = (input: Registration) => send<{ organization_id: string }>("POST", "/register", input);

export async function signIn(email: string, password: string): Promise<void> {
  keepSession(await send<Session>("POST", "/auth/login", { email, password }));
}

/** Opens the session of whoever holds the link that was mailed. */
export async function verifyEmail(token: string): Promise<void> {
  keepSession(await send<Session>("POST", "/auth/verify-email", { token }));
}

export const resendVerification = (email: string) =>
  send<void>("POST", "/auth/resend-verification-email", { email });

export const beginPasswordReset = (email: string) =>
  send<void>("POST", "/auth/begin-reset-password", { email });

export const resetPassword = (token: string, newPassword: string) =>
  send<void>("POST", "/auth/reset-password", { token, new_password: newPassword });

/** Ends every session of this person, this one included. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await send<void>("POST", "/auth/password", {
    current_password: currentPassword,
    new_password: newPassword,
  });
  keepSession(null);
}

/** Forgets the session here even if the server cannot be told. */
export async function signOut(): Promise<void> {
  if (!session()) return;
  await send<void>("POST", "/auth/logout").catch(() => undefined);
  keepSession(null);
}

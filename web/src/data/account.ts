import { api } from "./api.ts";
import { keepSession, session } from "./session.ts";

export interface Registration {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly password: string;
}

export const register = (json: Registration) => api.register.$post({ json });

export async function signIn(email: string, password: string): Promise<void> {
  keepSession(await (await api.auth.login.$post({ json: { email, password } })).json());
}

/** Opens the session of whoever holds the link that was mailed. */
export async function verifyEmail(token: string): Promise<void> {
  keepSession(await (await api.auth["verify-email"].$post({ json: { token } })).json());
}

export const resendVerification = (email: string) =>
  api.auth["resend-verification-email"].$post({ json: { email } });

export const beginPasswordReset = (email: string) =>
  api.auth["begin-reset-password"].$post({ json: { email } });

export const resetPassword = (token: string, new_password: string) =>
  api.auth["reset-password"].$post({ json: { token, new_password } });

/** Ends every session of this person, this one included. */
export async function changePassword(current_password: string, new_password: string): Promise<void> {
  await api.auth.password.$post({ json: { current_password, new_password } });
  keepSession(null);
}

/** Forgets the session here even if the server cannot be told. */
export async function signOut(): Promise<void> {
  if (!session()) return;
  await api.auth.logout.$post().catch(() => undefined);
  keepSession(null);
}

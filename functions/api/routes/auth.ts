import { Hono } from "hono";
import * as v from "valibot";
import * as PasswordChange from "#core/account/password-change.ts";
import * as Registration from "#core/account/registration.ts";
import * as Session from "#core/account/session.ts";
import { Problem } from "#core/problem.ts";
import { Email } from "#core/schema.ts";
import type { ApiDeps, ApiEnv } from "#functions/api/env.ts";
import * as Example from "#functions/api/examples/accounts.ts";
import { authorization } from "#functions/api/middleware/authorize.ts";
import { anonymous } from "#functions/api/middleware/rate-limit.ts";
import { json } from "#functions/api/middleware/validate.ts";
import { operation } from "#functions/api/operation.ts";

const tag = "Accounts";
const AddressPost = v.object({ email: Email });
const TokenPost = v.object({ token: v.string() });
const ResetPost = v.object({ token: v.string(), new_password: v.string() });
const isPublic = true;

/** Accounts and sessions of people. */
export const authRoutes = (deps: ApiDeps) => {
  const { ctx, keyring, flushMail, settings } = deps;
  const { may } = authorization(deps);
  const { biscuits } = keyring;
  return new Hono<ApiEnv>()
    .post(
      "/register",
      operation("register", {
        summary: "Register",
        tag,
        success: [201, Registration.Registration],
        example: Example.registration,
        isPublic,
      }),
      anonymous(deps),
      json(Registration.RegistrationPost, Example.registrationPost),
      async (c) => {
        if (settings.isRegistrationDisabled) throw new Problem("RegistrationDisabled");
        const registration = await Registration.register(ctx, c.req.valid("json"));
        await flushMail();
        return c.json(registration, 201);
      },
    )
    .post(
      "/auth/verify-email",
      operation("auth.verifyEmail", {
        summary: "Prove an e-mail address, and sign in",
        tag,
        success: [201, Session.Session],
        example: Example.session,
        isPublic,
      }),
      anonymous(deps),
      json(TokenPost, Example.tokenPost),
      async (c) => c.json(await Registration.verifyEmail(ctx, biscuits, c.req.valid("json").token), 201),
    )
    .post(
      "/auth/resend-verification-email",
      operation("auth.resendVerificationEmail", {
        summary: "Ask for the verification mail again",
        tag,
        success: [204, null],
        isPublic,
      }),
      anonymous(deps),
      json(AddressPost, Example.addressPost),
      async (c) => {
        await Registration.resendVerification(ctx, c.req.valid("json").email);
        await flushMail();
        return c.body(null, 204);
      },
    )
    .post(
      "/auth/login",
      operation("auth.login", {
        summary: "Sign in",
        tag,
        success: [201, Session.Session],
        example: Example.session,
        isPublic,
      }),
      anonymous(deps),
      json(Session.LoginPost, Example.loginPost),
      async (c) => c.json(await Session.login(ctx, biscuits, c.req.valid("json")), 201),
    )
    .post(
      "/auth/refresh",
      operation("auth.refresh", {
        summary: "Replace the tokens of a session; the bearer is its refresh token",
        tag,
        success: [201, Session.Session],
        example: Example.session,
      }),
      anonymous(deps),
      async (c) => {
        const header = c.req.header("authorization");
        if (header === undefined) throw new Problem("AuthNoAuthorizationHeader");
        return c.json(await Session.refresh(ctx, biscuits, header.replace(/^Bearer\s+/i, "")), 201);
      },
    )
    .post(
      "/auth/logout",
      operation("auth.logout", { summary: "Sign out", tag, success: [204, null] }),
      may("auth:logout"),
      async (c) => {
        const { userId, sessionId } = requireUser(c.var.caller);
        await Session.logout(ctx, userId, sessionId);
        return c.body(null, 204);
      },
    )
    .post(
      "/auth/begin-reset-password",
      operation("auth.beginResetPassword", {
        summary: "Ask for a mail to choose a new password",
        tag,
        success: [204, null],
        isPublic,
      }),
      anonymous(deps),
      json(AddressPost, Example.addressPost),
      async (c) => {
        await PasswordChange.beginReset(ctx, c.req.valid("json").email);
        await flushMail();
        return c.body(null, 204);
      },
    )
    .post(
      "/auth/reset-password",
      operation("auth.resetPassword", {
        summary: "Choose a new password by a mailed link",
        tag,
        success: [204, null],
        isPublic,
      }),
      anonymous(deps),
      json(ResetPost, Example.resetPost),
      async (c) => {
        const { token, new_password } = c.req.valid("json");
        await PasswordChange.reset(ctx, token, new_password);
        return c.body(null, 204);
      },
    )
    .post(
      "/auth/password",
      operation("auth.changePassword", { summary: "Change one's password", tag, success: [204, null] }),
      may("auth:change_password"),
      json(PasswordChange.PasswordPost, Example.passwordPost),
      async (c) => {
        await PasswordChange.change(ctx, requireUser(c.var.caller).userId, c.req.valid("json"));
        return c.body(null, 204);
      },
    );
};

/** The person that calls. Throws Forbidden for tokens and keys, which are no one's. */
export function requireUser(caller: ApiEnv["Variables"]["caller"]) {
  if (caller.kind !== "user") throw new Problem("Forbidden", "This is for people, signed in.");
  return caller;
}

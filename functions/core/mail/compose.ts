import { createLink } from "#core/account/link.ts";
import type { Context } from "#core/context.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text; the whole of it. */
  readonly text: string;
}

/**
 * Why a mail is to be sent, to whom. What it says is decided when it is sent: only then is it known whether the address
 * has an account, so that who asked for it cannot tell.
 */
export type MailRequest =
  | { readonly kind: "registered"; readonly address: string; readonly data: object }
  | { readonly kind: "verification_asked"; readonly address: string; readonly data: object }
  | { readonly kind: "reset_asked"; readonly address: string; readonly data: object }
  | { readonly kind: "invited"; readonly address: string; readonly data: { readonly organization: string } }
  | {
      readonly kind: "subscription_disabled";
      readonly address: string;
      readonly data: {
        readonly application: string;
        readonly target: string;
        readonly reason: "gone" | "failing";
      };
    }
  | {
      readonly kind: "quota_warning" | "quota_reached";
      readonly address: string;
      readonly data: { readonly application: string; readonly limit: number };
    };

type ComposeContext = Context & { readonly appUrl: string };

/** The mail for a request, or null when none is to be sent, such as a reset for an address without an account. */
export async function compose(ctx: ComposeContext, request: MailRequest): Promise<Mail | null> {
  switch (request.kind) {
    case "registered":
    case "verification_asked":
    case "reset_asked":
      return composeForAccount(ctx, request);
    case "invited":
      return {
        to: request.address,
        subject: `You are invited to ${request.data.organization} on Columba`,
        text: `You were invited to the organization ${request.data.organization}. Register with this address to join it:\n\n${ctx.appUrl}/register`,
      };
    case "subscription_disabled": {
      const { application, target, reason } = request.data;
      const why = reason === "gone" ? "answered 410 Gone" : "did nothing but fail for days";
      return {
        to: request.address,
        subject: `A subscription of ${application} was disabled`,
        text: `The endpoint ${target} of the application ${application} ${why}, so its subscription was disabled. When it is back, enable it again; what was missed is among the dead letters:\n\n${ctx.appUrl}`,
      };
    }
    case "quota_warning":
    case "quota_reached": {
      const { application, limit } = request.data;
      const state = request.kind === "quota_reached" ? "has reached" : "has used 80 % of";
      return {
        to: request.address,
        subject: `${application} ${state} its ${limit} events of today`,
        text: `The application ${application} ${state} its limit of ${limit} events a day. Above it, events are refused until midnight UTC.`,
      };
    }
  }
}

async function composeForAccount(ctx: ComposeContext, request: MailRequest): Promise<Mail | null> {
  const account = await ctx.db
    .selectFrom("user_account")
    .where((eb) => eb(eb.fn("lower", ["email"]), "=", request.address.toLowerCase()))
    .select(["user_id", "email", "email_verified_at"])
    .executeTakeFirst();
  if (!account) return null;
  if (request.kind === "reset_asked") {
    const token = await createLink(ctx, account.user_id, "reset_password");
    return token === null
      ? null
      : {
          to: account.email,
          subject: "Reset your Columba password",
          text: `To choose a new password, open this link within 30 minutes. It works once. If you did not ask for it, ignore it.\n\n${ctx.appUrl}/reset-password?token=${token}`,
        };
  }
  if (account.email_verified_at === null) {
    const token = await createLink(ctx, account.user_id, "verify_email");
    return token === null
      ? null
      : {
          to: account.email,
          subject: "Verify your email address",
          text: `To finish your registration, open this link within 24 hours. It works once.\n\n${ctx.appUrl}/verify-email?token=${token}`,
        };
  }
  if (request.kind !== "registered") return null;
  return {
    to: account.email,
    subject: "You already have a Columba account",
    text: `Someone, perhaps you, tried to register with this address. You already have an account: sign in, or reset your password.\n\n${ctx.appUrl}/login`,
  };
}

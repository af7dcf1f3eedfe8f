import { signHook0 } from "#core/delivery/signature.ts";
import { signStandard, signStandardEd25519 } from "#core/delivery/signature-standard.ts";
import type { Signing } from "#core/delivery/signing.ts";
import type { SignatureForm } from "#core/signature-form.ts";

interface Signable {
  readonly event_id: string;
  readonly payload: Buffer;
  /** Of the subscription, for Hook0's form. */
  readonly secret: string;
  /** Null for Hook0's form alone, with that secret alone. */
  readonly signing: Signing | null;
}

const standardNames = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const names: Readonly<Record<SignatureForm, readonly string[]>> = {
  hook0: ["x-hook0-signature", "x-hook0-signature-next"],
  standard: standardNames,
  standard_ed25519: standardNames,
};
const defaultForms: readonly SignatureForm[] = ["hook0"];

/** The lower-case names that the signatures of a request take: it can have no other header of such a name. */
export function signatureHeaderNames(signing: Signing | null): string[] {
  return (signing?.signatures ?? defaultForms).flatMap((form) => names[form]);
}

/**
 * The headers that sign a request, in each form its subscription wants. While secrets overlap there are two signatures
 * of each form that has a secret. @param headers those that Hook0's form covers, as in `signHook0`
 */
export function signatureHeaders(
  request: Signable,
  signedAt: Date,
  headers: ReadonlyMap<string, string>,
): Record<string, string> {
  const forms = request.signing?.signatures ?? defaultForms;
  const previous = request.signing?.previous;
  const overlapping = previous && signedAt < new Date(previous.until) ? previous : null;
  const signed: Record<string, string> = {};
  if (forms.includes("hook0")) {
    const signWith = (secret: string) => signHook0(secret, signedAt, headers, request.payload);
    // Hook0's clients check one code of one header, so that the old secret keeps the header they know until it ends.
    signed["x-hook0-signature"] = signWith(overlapping?.secret ?? request.secret);
    if (overlapping) signed["x-hook0-signature-next"] = signWith(request.secret);
  }
  if (!request.signing || (forms.length === 1 && forms[0] === "hook0")) return signed;

  const seconds = Math.floor(signedAt.getTime() / 1_000);
  return {
    ...signed,
    "webhook-id": request.event_id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": standardSignatures(request, request.signing, seconds, overlapping !== null).join(
      " ",
    ),
  };
}

function standardSignatures(
  { event_id, payload }: Signable,
  { signatures, standard_secret, key_pair, previous }: Signing,
  seconds: number,
  overlaps: boolean,
): string[] {
  const content = { id: event_id, seconds, body: payload };
  const codes: string[] = [];
  if (signatures.includes("standard")) {
    codes.push(signStandard(standard_secret, content));
    if (previous && overlaps) codes.push(signStandard(previous.standard_secret, content));
  }
  if (signatures.includes("standard_ed25519")) {
    if (key_pair === null) throw new Error("the application has no signing key");
    codes.push(signStandardEd25519(key_pair, content));
  }
  return codes;
}

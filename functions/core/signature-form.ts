import * as v from "valibot";

/**
 * The ways in which a request can be signed: Hook0's header, and Standard Webhooks' three with an HMAC (`v1`) or an
 * Ed25519 signature (`v1a`).
 */
const SignatureForm = v.picklist(["hook0", "standard", "standard_ed25519"]);
export type SignatureForm = v.InferOutput<typeof SignatureForm>;

export const SignatureForms = v.pipe(
  v.array(SignatureForm),
  v.minLength(1, "must name at least one form"),
  v.check((forms) => new Set(forms).size === forms.length, "must not repeat a form"),
);

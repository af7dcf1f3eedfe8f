import { loadBiscuitWasm } from "#core/auth/biscuit-wasm.ts";
import { createBiscuits } from "#core/auth/biscuit.ts";
import { delegate } from "#core/auth/delegate.ts";
import type { TokenLimits } from "#core/auth/token-limits.ts";
import { PRIVATE_KEY } from "./world.ts";

/** A child of the token with one more block of Datalog checks, as any holder of it can make. */
export async function attenuate(biscuit: string, code: string): Promise<string> {
  const { publicKey } = await createBiscuits({ privateKey: PRIVATE_KEY });
  const withBiscuit = await loadBiscuitWasm();
  return withBiscuit((api, own) => {
    const root = own(api.PublicKey.fromString(publicKey, api.SignatureAlgorithm.Ed25519));
    const token = own(api.Biscuit.fromBase64(biscuit, root));
    const block = own(new api.BlockBuilder());
    block.addCode(code);
    return own(token.appendBlock(block)).toBase64();
  });
}

/** A child of the token made by our own library. */
export async function delegated(token: string, limits: TokenLimits): Promise<string> {
  const { publicKey } = await createBiscuits({ privateKey: PRIVATE_KEY });
  const withBiscuit = await loadBiscuitWasm();
  return withBiscuit((api) => delegate(api, token, publicKey, limits));
}

import { dictionary } from "@zxcvbn-ts/language-common";
import { argon2id, argon2Verify } from "hash-wasm";
import { randomBytes } from "node:crypto";
import { Problem } from "#core/problem.ts";

export const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 100;
const DISTINCT_CHARACTERS_MIN = 4;
/** Shorter parts of a name or an address are found in too many words to mean anything. */
const FRAGMENT_LENGTH_MIN = 4;

const common = new Set(dictionary["passwords-common"]);
const lookAlikes: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

export interface Person {
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
}

/** Argon2id in PHC format, with the parameters OWASP recommends (19 MiB, 2 passes): about 60 ms. */
export function hashPassword(password: string): Promise<string> {
  return argon2id({
    password,
    salt: randomBytes(16),
    parallelism: 1,
    iterations: 2,
    memorySize: 19_456,
    hashLength: 32,
    outputType: "encoded",
  });
}

let unknownHash: Promise<string> | undefined;

/** Whether the password is the account's. Takes as long when there is no account (null), so that time tells nothing. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  unknownHash ??= hashPassword(randomBytes(32).toString("hex"));
  const matches = await argon2Verify({ password, hash: hash ?? (await unknownHash) });
  return matches && hash !== null;
}

/** Throws the Password… problem of the first rule that the password breaks (Hook0 7). */
export function requireStrongPassword(password: string, person: Person): void {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) {
    throw new Problem(
      "PasswordTooShort",
      `password: must be at least ${PASSWORD_LENGTH_MIN} characters long`,
    );
  }
  if (length > PASSWORD_LENGTH_MAX) {
    throw new Problem("PasswordTooLong", `password: must be at most ${PASSWORD_LENGTH_MAX} characters long`);
  }
  const folded = fold(password);
  if (new Set(folded).size < DISTINCT_CHARACTERS_MIN || isRepetition(folded)) {
    throw new Problem("PasswordNotDiverseEnough", "password: must not repeat a few characters");
  }
  if (common.has(password.toLowerCase()) || common.has(folded)) {
    throw new Problem("PasswordTooCommon", "password: is one of the passwords that are tried first");
  }
  if (holdsFragment(folded, [person.email])) {
    throw new Problem("PasswordSimilarToEmail", "password: must not contain a part of the email address");
  }
  if (holdsFragment(folded, [person.first_name, person.last_name])) {
    throw new Problem("PasswordSimilarToName", "password: must not contain the name");
  }
}

/** Lower case, with the characters that stand for letters replaced by them. */
function fold(text: string): string {
  return Array.from(text.toLowerCase(), (character) => lookAlikes[character] ?? character).join("");
}

/** Whether the whole is a shorter unit repeated, such as `abcabcabcabc`. */
function isRepetition(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length;
}

function holdsFragment(folded: string, sources: readonly string[]): boolean {
  const fragments = sources.flatMap((source) => [source, ...source.split(/[^\p{L}\p{N}]+/u)]).map(fold);
  return fragments.some((fragment) => fragment.length >= FRAGMENT_LENGTH_MIN && folded.includes(fragment));
}

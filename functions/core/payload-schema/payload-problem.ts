import { Problem } from "#core/problem.ts";
import type { Finding } from "#core/payload-schema/validator.ts";

/** Told in the detail; `validation` has all. */
const TOLD_MAX = 5;

/** 422 Validation: `payload/items/0/price: must be >= 0; …`, the JSON pointer behind the field's name. */
export function payloadProblem(findings: readonly Finding[]): Problem {
  const told = findings.slice(0, TOLD_MAX).map(({ pointer, message }) => `payload${pointer}: ${message}`);
  const more = findings.length - told.length;
  return new Problem("Validation", [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("; "), {
    payload: findings.map(({ pointer, keyword, message }) => ({
      code: keyword,
      message,
      params: { pointer },
    })),
  });
}

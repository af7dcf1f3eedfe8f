import type { DataValidateFunction, FuncKeywordDefinition } from "ajv/dist/types/index.js";
import { isEqual } from "es-toolkit";

/**
 * The keywords that compare, in place of Ajv's own: its equality calls what a payload or schema names `valueOf` or
 * `toString`, and takes objects that name a `constructor` for different.
 */
export const equalityKeywords: readonly (FuncKeywordDefinition & { readonly keyword: string })[] = [
  {
    keyword: "const",
    compile: (expected) => (value) => isEqual(value, expected),
    error: { message: "must be equal to constant" },
  },
  {
    keyword: "enum",
    schemaType: "array",
    compile: (allowed: readonly unknown[]) => isOneOf(allowed),
    error: { message: "must be equal to one of the allowed values" },
  },
  {
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    compile: (isWanted: boolean) => (isWanted ? hasNoDuplicates() : () => true),
    errors: true,
  },
];

const isComposite = (value: unknown) => typeof value === "object" && value !== null;

function isOneOf(allowed: readonly unknown[]): DataValidateFunction {
  const known = new Set(allowed);
  const composites = allowed.filter(isComposite);
  return (value) => (isComposite(value) ? composites.some((one) => isEqual(one, value)) : known.has(value));
}

function hasNoDuplicates(): DataValidateFunction {
  const validate: DataValidateFunction = (items: readonly unknown[]) => {
    const places = duplicateIn(items);
    if (!places) return true;
    const message = `must NOT have duplicate items (items ## ${places.join(" and ")} are identical)`;
    validate.errors = [{ keyword: "uniqueItems", message, params: {} }];
    return false;
  };
  return validate;
}

/** The places of two equal items, the first pair that is met. Composite ones are compared each with each. */
function duplicateIn(items: readonly unknown[]): [number, number] | null {
  const seen = new Map<unknown, number>();
  const composites: number[] = [];
  for (const [place, item] of items.entries()) {
    const earlier = isComposite(item)
      ? composites.find((other) => isEqual(items[other], item))
      : seen.get(item);
    if (earlier !== undefined) return [earlier, place];
    if (isComposite(item)) composites.push(place);
    else seen.set(item, place);
  }
  return null;
}

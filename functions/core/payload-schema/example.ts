import { generateSync } from "json-schema-faker";
import { admit } from "#core/payload-schema/admission.ts";
import { withinMs } from "#core/payload-schema/time-limit.ts";
import type { Definition, Validator } from "#core/payload-schema/validator.ts";
import { Problem } from "#core/problem.ts";

const GENERATE_MS_MAX = 250;
const CHARACTERS_MAX = 65_536;
/**
 * How one is generated, until one conforms: with all that may be left out, with some of it, and with nothing of it,
 * which ends what refers to itself. The same schema always has the same example.
 */
const WAYS = [
  { seed: 1, alwaysFakeOptionals: true },
  ...[2, 3, 4, 5, 6].map((seed) => ({ seed, optionalsProbability: 0.5 })),
  { seed: 1, optionalsProbability: 0, maxDepth: 20 },
];

/**
 * A payload that conforms, as JSON text: the schema's own example or default if it does, or else a generated one. Throws
 * Validation when none is found.
 */
export function exampleOf(definition: Definition): string {
  const validator = admit(definition);
  const example = withinMs(GENERATE_MS_MAX, () => ({ text: search(definition, validator) }))?.text;
  if (example != null) return example;
  const message = "no example was found; add one under `examples`";
  throw new Problem("Validation", `schema: ${message}`, {
    schema: [{ code: "json_schema", message, params: {} }],
  });
}

function search(definition: Definition, validator: Validator): string | null {
  for (const candidate of candidatesOf(definition)) {
    const text = JSON.stringify(candidate, null, 2);
    if (text === undefined || text.length > CHARACTERS_MAX) continue;
    if (validator.findingsIn(text).length === 0) return text;
  }
  return null;
}

function* candidatesOf(definition: Definition): Generator {
  const { examples } = definition;
  if (Array.isArray(examples)) yield* examples;
  yield definition["default"];
  for (const way of WAYS) yield generate(definition, way);
}

function generate(definition: Definition, way: (typeof WAYS)[number]): unknown {
  try {
    // A copy, which the generator may change.
    return generateSync(structuredClone(definition), {
      ...way,
      fillProperties: false,
      useExamplesValue: true,
      useDefaultValue: true,
    });
  } catch {
    return undefined;
  }
}

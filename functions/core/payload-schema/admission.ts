import { Ajv2020 } from "ajv/dist/2020.js";
import { patternSize, patternsOf, REPETITIONS_MAX } from "#core/payload-schema/cost.ts";
import { createValidator, type Definition, type Validator } from "#core/payload-schema/validator.ts";
import { withinMs } from "#core/payload-schema/time-limit.ts";
import { Problem } from "#core/problem.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const CHARACTERS_MAX = 65_536;
const DEPTH_MAX = 64;
const COMPILE_MS_MAX = 5_000;
/** Of all patterns of a schema: their length times their repetitions, which RE2 writes out. */
const PATTERN_SIZE_MAX = 50_000;

/** Where keys are names that the schema gives, not keywords. */
const isMapOfSchemas = /\/(properties|patternProperties|\$defs|dependentSchemas)$/;

let metaSchema: Ajv2020 | undefined;

/**
 * Compiles a definition that nobody has accepted yet. Throws Validation, with the reason, unless payloads can be judged
 * by it as JSON Schema 2020-12 says, in bounded time and memory, and with nothing fetched.
 */
export function admit(definition: Definition): Validator {
  if (JSON.stringify(definition).length > CHARACTERS_MAX) {
    throw refusal("", `must be at most ${CHARACTERS_MAX} characters long as JSON`);
  }
  if (walk(definition, "", 0) > PATTERN_SIZE_MAX) throw refusal("", "its patterns repeat too much in all");
  metaSchema ??= new Ajv2020({ strict: false, validateFormats: false, logger: false });
  if (metaSchema.validateSchema(definition) !== true) {
    const [error] = metaSchema.errors ?? [];
    throw refusal(error?.instancePath ?? "", `is not JSON Schema 2020-12: ${error?.message}`);
  }
  const validator = withinMs(COMPILE_MS_MAX, () => tryToCompile(definition));
  if (validator === null) throw refusal("", "is too complex");
  return validator;
}

function tryToCompile(definition: Definition): Validator {
  try {
    return createValidator(definition);
  } catch (error) {
    if (error instanceof RangeError)
      throw refusal("", "has too many references, or some that lead in a circle");
    throw refusal("", reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "cannot be compiled";
  if (message.startsWith("can't resolve reference"))
    return `${message}: references must lead into the same schema`;
  if (message.startsWith("error parsing regexp")) {
    return `${message} (patterns are RE2's: no look-around, no back-references, at most ${REPETITIONS_MAX} repetitions)`;
  }
  return message;
}

/** The size of the patterns in a part of the definition. Throws Validation. */
function walk(value: unknown, pointer: string, depth: number): number {
  if (depth > DEPTH_MAX) throw refusal("", `must be at most ${DEPTH_MAX} levels deep`);
  if (typeof value !== "object" || value === null) return 0;
  let size = patternsOf(value).reduce((sum, pattern) => sum + patternSize(pattern), 0);
  for (const [key, part] of Object.entries(value)) {
    const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    // Ajv passes over a property of this name.
    if (key === "__proto__") throw refusal(pointer, "must not name __proto__");
    if (key === "$schema" && typeof part === "string" && part.replace(/#$/, "") !== DIALECT) {
      throw refusal(at, `must be ${DIALECT}`);
    }
    if (key === "$dynamicRef" && typeof part === "string") throw refusal(at, "is not supported: use $ref");
    // Ajv does not see all that `contains`, `if` and nested `items` have evaluated.
    if (key === "unevaluatedItems" && !isMapOfSchemas.test(pointer)) throw refusal(at, "is not supported");
    size += walk(part, at, depth + 1);
  }
  return size;
}

/** `schema/properties/price: must be …`, with the pointer to the part that is wrong. */
function refusal(pointer: string, message: string): Problem {
  return new Problem("Validation", `schema${pointer}: ${message}`, {
    schema: [{ code: "json_schema", message, params: { pointer } }],
  });
}

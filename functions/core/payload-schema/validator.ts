import { fullFormats } from "ajv-formats/dist/formats.js";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import * as v from "valibot";
import { equalityKeywords } from "#core/payload-schema/equality.ts";
import { linearPatterns } from "#core/payload-schema/linear-pattern.ts";

/** A JSON Schema (2020-12) as it was sent. */
export type Definition = Readonly<Record<string, unknown>>;

/** One way in which a payload breaks its schema. Never carries the payload's values. */
export const Finding = v.object({
  /** JSON pointer (RFC 6901) into the payload. */
  pointer: v.string(),
  /** Of the schema, or `json`, `content_type`, `depth`, `time` and `schema`, which are ours. */
  keyword: v.string(),
  message: v.string(),
});
export type Finding = v.InferOutput<typeof Finding>;

const FINDINGS_MAX = 20;
/** Of a larger payload the first finding only is told, so that findings take no more memory than the payload. */
const ALL_FINDINGS_CHARACTERS_MAX = 65_536;
const TEXT_CHARACTERS_MAX = 200;

export interface Validator {
  /** How a JSON text breaks the schema, in 20 ways at the most; none when it does not. May take for ever: limit it. */
  findingsIn(text: string): readonly Finding[];
}

/** Compiles the definition. Throws what is wrong with it. */
export function createValidator(definition: Definition): Validator {
  const findFirst = compile(definition, { allErrors: false });
  const findAll = compile(definition, { allErrors: true });
  return {
    findingsIn(text) {
      let payload: unknown;
      try {
        payload = JSON.parse(text);
      } catch {
        return [{ pointer: "", keyword: "json", message: "is not valid JSON" }];
      }
      try {
        if (findFirst(payload)) return [];
        if (text.length > ALL_FINDINGS_CHARACTERS_MAX) return findingsOf(findFirst);
        findAll(payload);
        return findingsOf(findAll);
      } catch (error) {
        if (error instanceof RangeError) {
          return [{ pointer: "", keyword: "depth", message: "is nested too deeply to be judged" }];
        }
        throw error;
      }
    },
  };
}

/**
 * Each definition has an Ajv of its own, because an Ajv knows every `$id` it has seen and would let one tenant's schema
 * refer to another's. Nothing is fetched: a reference leads into the same definition or is an error.
 */
function compile(definition: Definition, { allErrors }: { allErrors: boolean }): ValidateFunction {
  const ajv = new Ajv2020({
    formats: fullFormats,
    allErrors,
    strict: false,
    // A call for each reference: copied in, a few small ones could make code of any size.
    inlineRefs: false,
    ownProperties: true,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: linearPatterns },
  });
  for (const { keyword, ...own } of equalityKeywords) {
    ajv.removeKeyword(keyword).addKeyword({ keyword, ...own });
  }
  return ajv.compile(definition);
}

function findingsOf({ errors }: ValidateFunction): Finding[] {
  return (errors ?? []).slice(0, FINDINGS_MAX).map((error) => ({
    pointer: storable(pointerOf(error)),
    keyword: error.keyword,
    message: storable(error.message ?? "breaks the schema"),
  }));
}

/** To the property that should not be there rather than to the object that has it. */
function pointerOf({ instancePath, params }: ErrorObject): string {
  const extra: unknown =
    params["additionalProperty"] ?? params["unevaluatedProperty"] ?? params["propertyName"];
  if (typeof extra !== "string") return instancePath;
  return `${instancePath}/${extra.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Keys of a payload may be of any length, and of characters that Postgres refuses. */
const storable = (text: string): string =>
  text.slice(0, TEXT_CHARACTERS_MAX).toWellFormed().replaceAll("\u0000", "\uFFFD");

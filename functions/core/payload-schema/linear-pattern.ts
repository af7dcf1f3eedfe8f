import type { RegExpEngine } from "ajv/dist/types/index.js";
import { RE2JS } from "re2js";

/**
 * Patterns of a schema in time linear in the text, whatever they are. Throws when a pattern needs what RE2 does not
 * have: look-around, back-references, more than 1 000 repetitions.
 */
function compile(pattern: string) {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return {
    // Not `test`: its automaton keeps up to 8 MiB a pattern.
    test: (text: string): boolean => compiled.matcher(text).find(),
    // Ajv tells patterns of one schema apart by it.
    toString: () => pattern,
  };
}

/** What Ajv takes as its RegExp; `code` would be its name in generated files, which we have none of. */
export const linearPatterns: RegExpEngine = Object.assign(compile, { code: "linearPatterns" });

import type { Definition } from "#core/payload-schema/validator.ts";

/** RE2 refuses what repeats more often, nested or not. */
export const REPETITIONS_MAX = 1_000;

/** What a pattern is once its repetitions are written out, as RE2 does: at most its length times this. */
export function patternSize(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, from, to]) => Number(to || from));
  const repetitions = counts.reduce((product, count) => product * Math.max(count, 1), 1);
  return pattern.length * Math.min(repetitions, REPETITIONS_MAX);
}

/** The patterns that a part of a schema has itself, not in its own parts. */
export function patternsOf(part: object): string[] {
  const { pattern, patternProperties } = part as Record<string, unknown>;
  const keys =
    typeof patternProperties === "object" && patternProperties !== null ? Object.keys(patternProperties) : [];
  return typeof pattern === "string" ? [pattern, ...keys] : keys;
}

/**
 * Steps to judge a character of a payload, at the most: each part of a schema meets each part of a payload as often as
 * references lead to it. Infinite where they lead in a circle or not simply down from the root, and with `uniqueItems`,
 * where parts of the payload meet each other.
 */
export function stepsPerCharacter(definition: Definition): number {
  const known = new Map<object, number>();
  const stepsOf = (part: unknown): number => {
    if (typeof part !== "object" || part === null) return String(part).length;
    const steps = known.get(part);
    if (steps !== undefined) return steps;
    // Until it is known: what leads back here leads in a circle.
    known.set(part, Infinity);
    const total =
      ownSteps(part) + Object.values(part).reduce<number>((sum, inner) => sum + stepsOf(inner), 0);
    known.set(part, total);
    return total;
  };
  const ownSteps = (part: object): number => {
    // Below an `$id` references lead elsewhere than from the root.
    if ("uniqueItems" in part || ("$id" in part && part !== definition)) return Infinity;
    const patterns = patternsOf(part).reduce((sum, pattern) => sum + patternSize(pattern), 0);
    const target = "$ref" in part ? stepsOf(targetOf(definition, part.$ref)) : 0;
    return patterns + target + Object.keys(part).join("").length;
  };
  return stepsOf(definition);
}

/** What `#/$defs/name` names; for anything else the whole, which leads in a circle. */
function targetOf(definition: Definition, reference: unknown): unknown {
  const [, name] = /^#\/\$defs\/([\w-]+)$/.exec(String(reference)) ?? [];
  const definitions: unknown = definition["$defs"];
  if (name === undefined || typeof definitions !== "object" || definitions === null) return definition;
  return (definitions as Record<string, unknown>)[name] ?? definition;
}

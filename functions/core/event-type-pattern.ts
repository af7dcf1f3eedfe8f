/** Event types are `service.resource_type.verb` (Hook0 1.4). */
const PARTS = 3;
const PART_CHARACTERS_MAX = 50;

/** Whether the text is a pattern and not the name of one event type. */
export function isPattern(selector: string): boolean {
  return selector.split(".").some(isWild);
}

/**
 * The selector with exactly three parts, each literal or `*`, or the name itself: selectors that match the same names
 * have the same one. Of a pattern that matches nothing it says nothing.
 */
export function canonicalSelector(selector: string): string {
  const parts = selector.split(".");
  if (!parts.some(isWild)) return selector;
  let missing = PARTS - parts.length;
  const expanded = parts.flatMap((part) => {
    if (part !== "**") return [part];
    const more = missing;
    missing = 0;
    return Array.from({ length: 1 + more }, () => "*");
  });
  return expanded.join(".");
}

/**
 * Whether a subscription to the selector gets events of this type: what `route_names` of
 * migrations/0016_event_type_patterns.sql does in the ledger.
 */
export function fits(selector: string, eventTypeName: string): boolean {
  const wanted = canonicalSelector(selector).split(".");
  const parts = eventTypeName.split(".");
  if (parts[0] === "columba" && wanted[0] !== "columba") return false;
  return (
    wanted.length === parts.length && wanted.every((part, index) => part === "*" || part === parts[index])
  );
}

/** Why no event type can match the pattern; null when one could. */
export function reasonItMatchesNothing(pattern: string): string | null {
  const parts = pattern.split(".");
  if (parts.length > PARTS)
    return `matches nothing: it asks for at least ${parts.length} parts, and event types have ${PARTS}`;
  if (parts.length < PARTS && !parts.includes("**"))
    return `matches nothing: it has ${parts.length} of the ${PARTS} parts of an event type; \`**\` stands for one or more`;
  if (parts.includes("")) return "matches nothing: it has an empty part";
  if (parts.some((part) => Array.from(part).length > PART_CHARACTERS_MAX))
    return `matches nothing: no part of an event type is longer than ${PART_CHARACTERS_MAX} characters`;
  return null;
}

const isWild = (part: string) => part === "*" || part === "**";

import { canonicalNetwork } from "#core/auth/source-networks.ts";
import { canonicalSelector, isPattern, reasonItMatchesNothing } from "#core/event-type-pattern.ts";

/** What a copy of a token is limited to; what is left out is not limited. Every limit holds for every request. */
export interface TokenLimits {
  /** Such as `event:ingest`. */
  readonly actions?: readonly string[];
  readonly applicationIds?: readonly string[];
  readonly subscriptionIds?: readonly string[];
  /** Names or patterns: everything that the request concerns must fit one of them. */
  readonly eventTypes?: readonly string[];
  /** What the request concerns must carry all of these. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Actions that the labels do not limit, because they concern nothing that has labels. */
  readonly actionsWithoutLabels?: readonly string[];
  /** In CIDR notation: where requests may come from. */
  readonly sourceNetworks?: readonly string[];
  readonly notBefore?: Date;
  /** Not valid from this instant on. To the second. */
  readonly expiresAt?: Date;
}

/**
 * The Datalog checks that hold a token to its limits. Each can be read back by `readChecks`. Throws on an empty limit,
 * an id that is no UUID, and a network or a pattern of event types that is none.
 */
export function checksOf(limits: TokenLimits): string[] {
  const { actions, applicationIds, subscriptionIds, eventTypes, labels, sourceNetworks } = limits;
  for (const list of [actions, applicationIds, subscriptionIds, eventTypes, sourceNetworks, labels]) {
    if (list && Object.keys(list).length === 0) throw new Error("an empty limit says nothing: leave it out");
  }
  const checks: string[] = [];
  if (actions) checks.push(`action($a), ${list(actions)}.contains($a)`);
  if (applicationIds) checks.push(anyOf(applicationIds, (id) => `application_id(${bytes(id)})`));
  if (subscriptionIds) checks.push(anyOf(subscriptionIds, (id) => `subscription_id(${bytes(id)})`));
  if (eventTypes) {
    const fits = eventTypes.map((selector) => `$n.matches(${literal(regexOf(selector))})`);
    checks.push(`event_type_names($names), $names.all($n -> ${fits.join(" || ")})`);
  }
  const free = limits.actionsWithoutLabels ?? [];
  const otherwise = free.length > 0 ? ` or action($a), ${list(free)}.contains($a)` : "";
  for (const [key, value] of Object.entries(labels ?? {}))
    checks.push(`labels($labels), $labels.get(${literal(key)}) == ${literal(value)}${otherwise}`);
  if (sourceNetworks) {
    const networks = list(sourceNetworks.map(canonicalNetwork));
    checks.push(`source_networks($networks), ${networks}.any($n -> $networks.contains($n))`);
  }
  if (limits.notBefore) checks.push(`time($t), $t >= ${instant(limits.notBefore)}`);
  if (limits.expiresAt) checks.push(`time($t), $t < ${instant(limits.expiresAt)}`);
  return checks.map((check) => `check if ${check};`);
}

const literal = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
const list = (texts: readonly string[]) => `[${texts.map(literal).join(", ")}]`;
function bytes(uuid: string): string {
  const hex = uuid.replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new Error("a limit must name things by their UUIDs");
  return `hex:${hex}`;
}
const instant = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");
const anyOf = (ids: readonly string[], fact: (id: string) => string) => ids.map(fact).join(" or ");

/** Of the canonical form: what fits a narrower pattern fits this one, and its pattern does too. */
function regexOf(selector: string): string {
  const reason = isPattern(selector) && reasonItMatchesNothing(selector);
  if (reason) throw new Error(`the pattern ${selector} ${reason}`);
  const parts = canonicalSelector(selector)
    .split(".")
    .map((part) => (part === "*" ? "[^.]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return `^${parts.join("[.]")}$`;
}

/** A part of a check as Biscuit prints it: without escapes, so that text with a quote in it is not read. */
const TEXT = `"([^"\\n]*)"`;
const TEXTS = `[[{]((?:${TEXT.replace("(", "(?:")}(?:, )?)+)[\\]}]`;
const ID = `hex:([0-9a-f]{32})`;
const INSTANT = `(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)`;
const WITHOUT_LABELS = `(?: or action\\(\\$\\w+\\), ${TEXTS}\\.contains\\(\\$\\w+\\))?`;

type Reader = readonly [form: RegExp, read: (found: readonly string[]) => TokenLimits];

const readers: readonly Reader[] = [
  [
    form(`action\\(\\$(\\w+)\\), ${TEXTS}\\.contains\\(\\$\\1\\)`),
    ([, , texts]) => ({ actions: textsIn(texts) }),
  ],
  [form(`action\\(${TEXT}\\)(?: or action\\(${TEXT}\\))*`), ([all]) => ({ actions: textsIn(all) })],
  [
    form(`application_id\\(${ID}\\)(?: or application_id\\(${ID}\\))*`),
    ([all]) => ({ applicationIds: idsIn(all) }),
  ],
  [
    form(`subscription_id\\(${ID}\\)(?: or subscription_id\\(${ID}\\))*`),
    ([all]) => ({ subscriptionIds: idsIn(all) }),
  ],
  [
    form(
      `event_type_names\\(\\$names\\), \\$names\\.all\\(\\$n -> (\\$n\\.matches\\(${TEXT}\\)(?: \\|\\| )?)+\\)`,
    ),
    ([all]) => ({ eventTypes: textsIn(all).map(selectorOf) }),
  ],
  [
    form(`labels\\(\\$labels\\), \\$labels\\.get\\(${TEXT}\\) == ${TEXT}${WITHOUT_LABELS}`),
    ([, key = "", value = "", free]) => ({
      labels: { [key]: value },
      ...(free && { actionsWithoutLabels: textsIn(free) }),
    }),
  ],
  [
    form(`source_networks\\(\\$networks\\), ${TEXTS}\\.any\\(\\$n -> \\$networks\\.contains\\(\\$n\\)\\)`),
    ([, texts]) => ({ sourceNetworks: textsIn(texts) }),
  ],
  [form(`time\\(\\$(\\w+)\\), \\$\\1 >= ${INSTANT}`), ([, , at = ""]) => ({ notBefore: new Date(at) })],
  [form(`time\\(\\$(\\w+)\\), \\$\\1 < ${INSTANT}`), ([, , at = ""]) => ({ expiresAt: new Date(at) })],
];

/**
 * The limits that a block of a token states, one an entry, and what of it says something else, as Datalog. Reads what
 * `checksOf` makes and what Hook0's documentation tells to write.
 */
export function readChecks(blockSource: string): { limits: TokenLimits[]; others: string[] } {
  const limits: TokenLimits[] = [];
  const others: string[] = [];
  for (const statement of blockSource.split(/;\s*(?:\n|$)/).filter((text) => text.trim() !== "")) {
    const limit = readCheck(statement.trim());
    if (limit) limits.push(limit);
    else others.push(statement.trim());
  }
  return { limits, others };
}

function readCheck(statement: string): TokenLimits | null {
  for (const [pattern, read] of readers) {
    const found = pattern.exec(statement);
    if (found) return read(found);
  }
  return null;
}

function form(predicate: string): RegExp {
  return new RegExp(`^check if ${predicate}$`);
}

const textsIn = (text = "") => [...text.matchAll(/"([^"]*)"/g)].map(([, one = ""]) => one);

const idsIn = (text = "") =>
  [...text.matchAll(/hex:(\w{8})(\w{4})(\w{4})(\w{4})(\w{12})/g)].map(([, ...parts]) => parts.join("-"));

const selectorOf = (regex: string) =>
  regex
    .slice(1, -1)
    .split("[.]")
    .map((part) => (part === "[^.]+" ? "*" : part.replace(/\\(.)/g, "$1")))
    .join(".");

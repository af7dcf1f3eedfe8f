import * as v from "valibot";
import { isPattern, reasonItMatchesNothing } from "#core/event-type-pattern.ts";

/** Text Postgres can store: it refuses NUL in text and lone surrogates in jsonb. */
const storable = v.check<string, string>(
  (text) => !text.includes("\u0000") && text.isWellFormed(),
  "must be valid Unicode without NUL",
);

const bytesBetween = (min: number, max: number) =>
  v.check<string, string>((text) => {
    const bytes = Buffer.byteLength(text);
    return bytes >= min && bytes <= max;
  }, `must be ${min} to ${max} bytes long`);

/** Text of `min` to `max` Unicode code points. */
export const text = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check((value) => {
      const length = Array.from(value).length;
      return length >= min && length <= max;
    }, `must be ${min} to ${max} characters long`),
    storable,
    v.metadata({ minLength: min, maxLength: max }),
  );

export const Uuid = v.pipe(
  v.string(),
  v.uuid("must be a UUID"),
  v.transform((id) => id.toLowerCase()),
);

export const Email = v.pipe(text(1, 100), v.email("must be an e-mail address"));

/** An RFC 3339 instant, as a `Date`. */
export const Instant = v.pipe(
  v.string(),
  v.isoTimestamp("must be an RFC 3339 date and time"),
  v.check((value) => !Number.isNaN(Date.parse(value)), "must be an RFC 3339 date and time"),
  v.transform((value) => new Date(value)),
);

/** Names that `v.record` leaves out without a word, since what is made with them could reach an object's prototype. */
const RESERVED_NAMES = ["__proto__", "constructor", "prototype"];

/** A JSON object of any names but the reserved ones. `v.record` alone takes an array for one as well. */
export function jsonObject<
  const Key extends v.GenericSchema<string, string>,
  const Value extends v.GenericSchema,
>(key: Key, value: Value): v.RecordSchema<Key, Value, undefined> {
  const record = v.record(key, value);
  return {
    ...record,
    "~run"(dataset, config) {
      const expected = expectationBrokenBy(dataset.value);
      if (!expected) return record["~run"](dataset, config);
      v._addIssue(record, "type", dataset, config, { expected });
      return dataset as unknown as v.FailureDataset<v.BaseIssue<unknown>>;
    },
  };
}

/** What the value should be and is not, as far as `v.record` does not look at it; null otherwise. */
function expectationBrokenBy(value: unknown): string | null {
  if (Array.isArray(value)) return "Object";
  if (typeof value !== "object" || value === null) return null;
  const reserved = RESERVED_NAMES.find((name) => Object.hasOwn(value, name));
  return reserved === undefined ? null : `an object that does not name ${reserved}`;
}

/**
 * An object with these fields and no other: where leaving a field out means all there is, a misspelt one must not be
 * left out.
 */
export const exactly = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, `must have no field but ${Object.keys(entries).join(", ")}`);

/** A map of strings with `min` to `max` entries, keys and values of 1 to `bytesMax` bytes each (Hook0 1.4). */
const stringMap = (min: number, max: number, bytesMax: number) =>
  v.pipe(
    jsonObject(
      v.pipe(v.string(), storable, bytesBetween(1, bytesMax)),
      v.pipe(v.string(), storable, bytesBetween(1, bytesMax)),
    ),
    v.check((map) => {
      const size = Object.keys(map).length;
      return size >= min && size <= max;
    }, `must have ${min} to ${max} entries`),
  );

/** Labels of an event or a subscription: what routes one to the other. */
export const Labels = stringMap(1, 10, 50);
export const Metadata = stringMap(0, 50, 50);
export const EventTypeName = v.pipe(
  text(1, 200),
  v.regex(/^\P{Cc}*$/u, "must not contain control characters"),
);

/** An event type's name, or a pattern over names: `*` stands for one part of it, `**` for one or more. */
export const EventTypeSelector = v.pipe(
  EventTypeName,
  v.rawCheck(({ dataset, addIssue }) => {
    const reason = dataset.typed && isPattern(dataset.value) && reasonItMatchesNothing(dataset.value);
    if (reason) addIssue({ message: reason });
  }),
);

const LabelText = v.pipe(v.string(), storable, v.regex(/^[^=]+=/, "must be key=value"));
/** `key=value` in a query, once or several times, as a map: what carries all of these. */
export const LabelFilter = v.pipe(
  v.union([LabelText, v.array(LabelText)], "must be key=value"),
  v.transform((labels) =>
    Object.fromEntries(
      [labels].flat().map((label) => {
        const at = label.indexOf("=");
        return [label.slice(0, at), label.slice(at + 1)];
      }),
    ),
  ),
);
/** Of an event type's JSON Schema, counted from 1. */
export const SchemaVersion = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(2_147_483_647, "must be at most 2147483647"),
);

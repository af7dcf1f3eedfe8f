import * as v from "valibot";

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

/** A map of strings with `min` to `max` entries, keys and values of 1 to `bytesMax` bytes each (Hook0 1.4). */
const stringMap = (min: number, max: number, bytesMax: number) =>
  v.pipe(
    v.record(
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
/** Of an event type's JSON Schema, counted from 1. */
export const SchemaVersion = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(2_147_483_647, "must be at most 2147483647"),
);

import fc from "fast-check";
import { expect, test } from "vitest";
import { admit } from "#core/payload-schema/admission.ts";
import { stepsPerCharacter } from "#core/payload-schema/cost.ts";
import { exampleOf } from "#core/payload-schema/example.ts";
import { createJudge, judgeAll } from "#core/payload-schema/judge.ts";
import { withinMs } from "#core/payload-schema/time-limit.ts";
import type { Definition } from "#core/payload-schema/validator.ts";
import { Problem } from "#core/problem.ts";

const findings = (schema: Definition, payload: unknown) => admit(schema).findingsIn(JSON.stringify(payload));
const json = (text: string) => JSON.parse(text) as Definition;

function reasonAgainst(schema: Definition): string {
  try {
    admit(schema);
    return "accepted";
  } catch (error) {
    return error instanceof Problem && error.id === "Validation" ? error.message : "broke";
  }
}

const nested = (levels: number): Definition => (levels === 0 ? {} : { items: nested(levels - 1) });

test.each<[string, Definition, RegExp]>([
  ["a look-ahead", { pattern: "(?=a)b" }, /RE2/],
  ["a look-behind", { pattern: "(?<=a)b" }, /RE2/],
  ["a back-reference", { pattern: "(a)\\1" }, /RE2/],
  ["a pattern that is none", { patternProperties: { "(": {} } }, /pattern|regexp/],
  ["patterns that repeat too much", { pattern: `(${"a?".repeat(500)}){1000}` }, /repeat too much/],
  ["a reference to elsewhere", { $ref: "https://example.com/schema.json" }, /must lead into the same schema/],
  ["a reference to nothing", { $ref: "#/$defs/none" }, /must lead into the same schema/],
  ["another draft", { $schema: "http://json-schema.org/draft-07/schema#" }, /2020-12/],
  ["a type that is none", { properties: { price: { type: "money" } } }, /^schema\/properties\/price\/type: /],
  ["__proto__", json('{"properties":{"__proto__":{"type":"string"}}}'), /__proto__/],
  ["$dynamicRef", { items: { $dynamicRef: "#node" } }, /not supported/],
  ["unevaluatedItems", { unevaluatedItems: false }, /not supported/],
  ["65 levels", nested(70), /64 levels/],
  ["more than 64 KiB", { description: "x".repeat(65_536) }, /65536 characters/],
])("a schema with %s is refused with the reason", (_, schema, reason) => {
  expect(reasonAgainst(schema)).toMatch(reason);
});

test("names of data that look like keywords are no reason to refuse", () => {
  const schema = { properties: { unevaluatedItems: {}, $schema: {}, pattern: {}, $dynamicRef: {} } };
  expect(reasonAgainst(schema)).toBe("accepted");
});

test("findings name JSON pointers, at most twenty, and none of the values", () => {
  const schema = { properties: { "a/b": { items: { type: "string" } } }, additionalProperties: false };
  const found = findings(schema, { "a/b": Array.from({ length: 50 }, () => 4711), "c~d": 4711 });
  expect(found).toHaveLength(20);
  const pointers = found.map(({ pointer }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(["/a~1b/0", "/a~1b/18", "/c~0d"]));
  expect(JSON.stringify(found)).not.toContain("4711");
});

test("known formats are required, unknown ones and unknown keywords say nothing", () => {
  expect(findings({ format: "email" }, "nobody")).toMatchObject([{ keyword: "format" }]);
  expect(findings({ format: "phone", "x-owner": "billing" }, "nobody")).toEqual([]);
});

test("one schema's $id is nothing to another schema", () => {
  const id = "https://example.com/shared.json";
  admit({ $id: id, $defs: { text: { type: "string" } } });
  expect(reasonAgainst({ $ref: `${id}#/$defs/text` })).toMatch(/same schema/);
  expect(reasonAgainst({ $id: id, type: "number" })).toBe("accepted");
});

test("a schema or a payload changes no prototype", () => {
  const schema = json(
    '{"properties":{"constructor":{"properties":{"prototype":{"default":{"polluted":1}}}}}}',
  );
  const payload = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  expect(admit(schema).findingsIn(payload)).toEqual([]);
  exampleOf(schema);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(findings({ required: ["toString"] }, {})).toMatchObject([{ keyword: "required" }]);
});

test.each([
  ['{"valueOf":null}', '{"valueOf":null}', true],
  ['{"valueOf":1}', "{}", false],
  ['{"toString":[1]}', '{"toString":[1]}', true],
  ['{"constructor":{"a":1}}', '{"constructor":{"a":1}}', true],
  ['{"constructor":{"a":1}}', '{"constructor":{"a":2}}', false],
  ['{"length":0}', "[]", false],
  ['{"a":1,"b":[0]}', '{"b":[-0],"a":1.0}', true],
  ['"1"', "1", false],
  ["1e400", "null", false],
])(
  "const, enum and uniqueItems compare %s with %s alike, whatever keys are named",
  (one, other, areEqual) => {
    const value: unknown = JSON.parse(one);
    const judged = [
      admit({ const: value }).findingsIn(other),
      admit({ enum: ["another", value] }).findingsIn(other),
      admit({ not: { uniqueItems: true } }).findingsIn(`["another",${one},${other}]`),
    ];
    expect(judged.map((found) => found.length === 0)).toEqual([areEqual, areEqual, areEqual]);
  },
);

test("a duplicate item is told by its place", () => {
  const [finding] = findings({ uniqueItems: true }, [{ a: 1 }, 1, { a: 1 }]);
  expect(finding).toMatchObject({ pointer: "", keyword: "uniqueItems" });
  expect(finding?.message).toContain("0 and 2");
});

const branching = {
  properties: { c: { anyOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] } },
  not: { const: 1 },
};
const laughs = Object.fromEntries(
  Array.from({ length: 40 }, (_, level) => {
    const next = { $ref: `#/$defs/l${level + 1}` };
    return [`l${level}`, level === 39 ? { type: "string" } : { allOf: [next, next] }];
  }),
);

test.each<[string, Definition, string]>([
  [
    "a recursion that doubles",
    { $defs: { n: branching }, $ref: "#/$defs/n" },
    `${'{"c":'.repeat(60)}1${"}".repeat(60)}`,
  ],
  ["references that double", { $defs: laughs, $ref: "#/$defs/l0" }, '"x"'],
  [
    "uniqueItems of many",
    { uniqueItems: true },
    JSON.stringify(Array.from({ length: 60_000 }, (_, n) => [n])),
  ],
])("%s ends in bounded time", (_, definition, payload) => {
  admit(definition);
  const judge = createJudge({ mode: "warn", version: 1, definition });
  const event = { application_id: "a", payload, payload_content_type: "application/json" };
  const slow: unknown[] = [];
  const cases = Array.from({ length: 20 }, () => ({ judge, event }));
  const judged = judgeAll(cases, (one) => slow.push(one));
  expect(judged.every(([finding]) => finding?.keyword === "time")).toBe(true);
  expect(slow).toContain(judge);
});

test.each<[Definition, boolean]>([
  [{ properties: { a: { $ref: "#/$defs/text" } }, $defs: { text: { type: "string" } } }, true],
  [{ $defs: { n: branching }, $ref: "#/$defs/n" }, false],
  [{ items: { $ref: "#" } }, false],
  [{ $ref: "#text", $defs: { text: { $anchor: "text" } } }, false],
  [{ $defs: laughs, $ref: "#/$defs/l0" }, false],
  [{ items: { uniqueItems: true } }, false],
  [{ pattern: "x{1,1000}".repeat(50) }, false],
])(
  "a schema is judged without a limit of time only when that is bounded by itself: %j",
  (schema, isBounded) => {
    expect(stepsPerCharacter(schema) < 100_000).toBe(isBounded);
  },
);

test.each<[string, Definition, string, string]>([
  ["a pattern that backtracks", { pattern: "^(a+)+$" }, JSON.stringify(`${"a".repeat(30_000)}!`), "pattern"],
  ["a reference to itself", { $ref: "#" }, "1", "depth"],
  [
    "depth",
    { $defs: { n: { items: { $ref: "#/$defs/n" } } }, $ref: "#/$defs/n" },
    "[".repeat(9e4) + "]".repeat(9e4),
    "depth",
  ],
  [
    "equality of depth",
    { uniqueItems: true },
    `[${`${"[".repeat(9e4)}${"]".repeat(9e4)},`.repeat(2)}1]`,
    "depth",
  ],
])("%s is answered, not thrown", (_, schema, payload, keyword) => {
  expect(admit(schema).findingsIn(payload)).toMatchObject([{ keyword }]);
});

test("what takes too long is ended, and what fails fails as itself", () => {
  expect(
    withinMs(20, () => {
      for (;;);
    }),
  ).toBeNull();
  expect(() =>
    withinMs(20, () => {
      throw new RangeError("mine");
    }),
  ).toThrow(RangeError);
  expect(withinMs(20, () => ["fine"])).toEqual(["fine"]);
});

const leaf = fc.oneof(
  fc.record({
    type: fc.constant("integer"),
    minimum: fc.integer({ min: -50, max: 0 }),
    maximum: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ type: fc.constant("number"), exclusiveMinimum: fc.integer({ min: -50, max: 50 }) }),
  fc.record({
    type: fc.constant("string"),
    minLength: fc.nat(5),
    maxLength: fc.integer({ min: 6, max: 20 }),
  }),
  fc.constantFrom("date-time", "date", "email", "uuid", "uri", "ipv4", "hostname").map((format) => ({
    type: "string",
    format,
  })),
  fc.constantFrom("^[A-Z]{3}-\\d{4}$", "^(paid|open)$", "^\\w+@x\\.com$").map((pattern) => ({
    type: "string",
    pattern,
  })),
  fc.constant({ type: "boolean" }),
  fc.record({ enum: fc.uniqueArray(fc.oneof(fc.integer(), fc.string()), { minLength: 1, maxLength: 4 }) }),
  fc
    .jsonValue({ maxDepth: 1 })
    .filter((value) => !JSON.stringify(value).includes("__proto__"))
    .map((value) => ({ const: value })),
);
const key = fc.constantFrom("id", "price", "items", "customer", "note", "at");
const { schema: partSchema } = fc.letrec<{ schema: Definition }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    fc.dictionary(key, tie("schema"), { maxKeys: 4 }).chain((properties) =>
      fc.record({
        type: fc.constant("object"),
        properties: fc.constant(properties),
        required: fc.subarray(Object.keys(properties)),
        additionalProperties: fc.boolean(),
      }),
    ),
    fc.record({
      type: fc.constant("array"),
      items: tie("schema"),
      minItems: fc.nat(2),
      maxItems: fc.constant(4),
    }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
  ),
}));

const anySchema = fc.oneof(
  partSchema,
  partSchema.map((part) => ({
    $defs: { part },
    properties: { part: { $ref: "#/$defs/part" } },
    required: ["part"],
  })),
);

test("the example of a schema conforms to it, and is always the same", () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      const example = exampleOf(schema);
      expect(admit(schema).findingsIn(example)).toEqual([]);
      expect(exampleOf(schema)).toBe(example);
    }),
    { numRuns: 150 },
  );
});

test("a schema that refers to itself has an example", () => {
  const node = {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string" },
      parent: { $ref: "#/$defs/node" },
      children: { type: "array", items: { $ref: "#/$defs/node" } },
    },
  };
  const schema = { $defs: { node }, $ref: "#/$defs/node" };
  expect(admit(schema).findingsIn(exampleOf(schema))).toEqual([]);
});

test("the schema's own example comes first when it conforms", () => {
  const schema = { type: "object", properties: { order: { type: "integer" } } };
  const example = { order: 42 };
  expect(JSON.parse(exampleOf({ ...schema, examples: [{ order: "x" }, example] }))).toEqual(example);
});

test("a schema that nothing can follow, or nothing of bounded size, has no example", () => {
  for (const schema of [{ not: {} }, { type: "array", minItems: 1e9 }, { type: "string", minLength: 1e9 }]) {
    expect(() => exampleOf(schema)).toThrow(/no example was found/);
  }
});

test("no schema and no payload, whatever they are, breaks the validator", () => {
  const keyword = fc.constantFrom(
    "type",
    "items",
    "properties",
    "allOf",
    "not",
    "pattern",
    "enum",
    "$ref",
    "$id",
    "if",
    "minimum",
    "required",
    "format",
  );
  const anything = fc.dictionary(keyword, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
  fc.assert(
    fc.property(anything, fc.jsonValue(), (schema, payload) => {
      const reason = reasonAgainst(schema);
      expect(reason).not.toBe("broke");
      if (reason === "accepted") findings(schema, payload);
    }),
    { numRuns: 300 },
  );
});

type Groups = Readonly<Record<string, readonly string[] | "all">>;

/** Groups of the official suite whose schema is refused when it is registered, by the reason. */
export const refusedGroups: Readonly<Record<string, Groups>> = {
  // Nothing is fetched, and a schema knows only itself.
  remoteReference: {
    defs: "all",
    dynamicRef: [
      "strict-tree schema, guards against misspelled properties",
      "tests for implementation dynamic anchor and reference link",
      "$ref and $dynamicAnchor are independent of order - $defs first",
      "$ref and $dynamicAnchor are independent of order - $ref first",
      "$ref to $dynamicRef finds detached $dynamicAnchor",
    ],
    "optional/cross-draft": "all",
    ref: ["remote ref, containing refs itself"],
    refRemote: "all",
  },
  // Ajv does not follow `$dynamicRef` as the specification says.
  dynamicRef: {
    dynamicRef: [
      "A $dynamicRef to a $dynamicAnchor in the same schema resource behaves like a normal $ref to an $anchor",
      "A $dynamicRef to an $anchor in the same schema resource behaves like a normal $ref to an $anchor",
      "A $dynamicRef resolves to the first $dynamicAnchor still in scope that is encountered when the schema is evaluated",
      "A $dynamicRef without anchor in fragment behaves identical to $ref",
      "A $dynamicRef with intermediate scopes that don't include a matching $dynamicAnchor does not affect dynamic scope resolution",
      "An $anchor with the same name as a $dynamicAnchor is not used for dynamic scope resolution",
      "A $dynamicRef without a matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor",
      "A $dynamicRef with a non-matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor",
      "A $dynamicRef that initially resolves to a schema with a matching $dynamicAnchor resolves to the first $dynamicAnchor in the dynamic scope",
      "A $dynamicRef that initially resolves to a schema without a matching $dynamicAnchor behaves like a normal $ref to $anchor",
      "multiple dynamic paths to the $dynamicRef keyword",
      "after leaving a dynamic scope, it is not used by a $dynamicRef",
      "$dynamicRef points to a boolean schema",
      "$dynamicRef skips over intermediate resources - direct reference",
    ],
    "optional/dynamicRef": "all",
    unevaluatedProperties: ["unevaluatedProperties with $dynamicRef"],
  },
  // Ajv does not see all that `contains`, `if` and nested `items` have evaluated.
  unevaluatedItems: {
    unevaluatedItems: "all",
  },
  // Of another draft or a meta-schema of its own.
  dialect: {
    "optional/format-assertion": "all",
    vocabulary: "all",
  },
  // Ajv takes a `$ref` beside an `$id` for one to itself.
  refBesideId: {
    ref: [
      "refs with relative uris and defs",
      "relative refs with absolute uris and defs",
      "URN ref with nested pointer ref",
    ],
  },
  // RE2 knows Unicode classes by their short names only.
  pattern: {
    "optional/ecmascript-regex": [
      "patterns always use unicode semantics with pattern",
      "pattern with non-ASCII digits",
      "patterns always use unicode semantics with patternProperties",
      "patternProperties with non-ASCII digits",
    ],
  },
  // Ajv finds an `$id` in what is no schema.
  ambiguousId: {
    "optional/unknownKeyword": "all",
  },
  // Ajv passes over a property of this name.
  proto: {
    properties: ["properties whose names are Javascript object property names"],
  },
};

/** Groups with a test whose verdict differs. */
export const deviatingGroups: Groups = {
  // The formats that we know are required, not only noted (the vocabulary format-assertion).
  format: [
    "email format",
    "regex format",
    "ipv4 format",
    "ipv6 format",
    "hostname format",
    "date format",
    "date-time format",
    "time format",
    "json-pointer format",
    "relative-json-pointer format",
    "uri format",
    "uri-reference format",
    "uri-template format",
    "uuid format",
    "duration format",
  ],
  // RE2: `\s` is ASCII white space.
  "optional/ecmascript-regex": [
    "ECMA 262 \\s matches whitespace",
    "ECMA 262 \\S matches everything but whitespace",
  ],
  // Numbers are doubles.
  "optional/float-overflow": "all",
  // `regex` is what JavaScript can compile.
  "optional/format/ecmascript-regex": "all",
  // ajv-formats: no quoted names in `email`; it has no `idn-` and `iri` formats, and what has no check is only noted.
  "optional/format/email": "all",
  "optional/format/idn-email": "all",
  "optional/format/idn-hostname": "all",
  "optional/format/iri-reference": "all",
  "optional/format/iri": "all",
  // Ajv does not see what an `if` without `then` has evaluated.
  unevaluatedProperties: [
    "unevaluatedProperties with if/then/else, then not defined",
    "unevaluatedProperties can see annotations from if without then and else",
  ],
};

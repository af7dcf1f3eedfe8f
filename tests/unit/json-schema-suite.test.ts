import { expect, test } from "vitest";
import { admit } from "#core/payload-schema/admission.ts";
import type { Definition, Validator } from "#core/payload-schema/validator.ts";
import { Problem } from "#core/problem.ts";
import suite from "../vectors/json-schema-2020-12.json" with { type: "json" };
import { deviatingGroups, refusedGroups } from "./json-schema-exceptions.ts";

interface Group {
  readonly description: string;
  readonly schema: Definition;
  readonly tests: readonly { readonly data: unknown; readonly valid: boolean }[];
}
type Outcome = "conforms" | "deviates" | "refused";

function outcomeOf({ schema, tests }: Group): Outcome {
  let validator: Validator;
  try {
    validator = admit(schema);
  } catch (error) {
    if (error instanceof Problem && error.id === "Validation") return "refused";
    throw error;
  }
  const conforms = tests.every(
    ({ data, valid }) => (validator.findingsIn(JSON.stringify(data)).length === 0) === valid,
  );
  return conforms ? "conforms" : "deviates";
}

const names = (groups: readonly string[] | "all" | undefined, description: string) =>
  groups === "all" || groups?.includes(description) === true;

function expectedOf(file: string, { description }: Group): Outcome {
  if (Object.values(refusedGroups).some((files) => names(files[file], description))) return "refused";
  return names(deviatingGroups[file], description) ? "deviates" : "conforms";
}

// The official JSON Schema Test Suite for 2020-12, its optional parts too.
test.each(Object.entries(suite.files as unknown as Record<string, Group[]>))(
  "the validator judges %s as the specification says, but for what is listed",
  (file, groups) => {
    const verdicts = (judge: (group: Group) => Outcome) =>
      groups.map((group) => `${group.description}: ${judge(group)}`);
    expect(verdicts(outcomeOf)).toEqual(verdicts((group) => expectedOf(file, group)));
  },
);

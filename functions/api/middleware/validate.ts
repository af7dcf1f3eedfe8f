import { validator } from "hono-openapi";
import * as v from "valibot";
import { Problem, type FieldIssue, type FieldIssues } from "#core/problem.ts";

type Schema = v.GenericSchema;
type Issue = v.BaseIssue<unknown>;

/** The OpenAPI document shows what a client sends, not what we make of it. */
const asSent = { options: { typeMode: "input" } };

/**
 * The JSON body. What has the wrong shape (missing, of another type, not a UUID or a date) is 400 JsonPayload, what
 * breaks a rule is 422 Validation (Hook0 1.1, 1.4). Both name the fields and never repeat the values. The example is the
 * document's.
 */
export const json = <S extends Schema>(schema: S, example: v.InferInput<S>) =>
  validator(
    "json",
    withExample(schema, example),
    (result) => {
      if (!result.success) throw bodyProblem(result.error as unknown as Issue[]);
    },
    asSent,
  );

/** The query string; anything wrong in it is 422 Validation. */
export const query = <S extends Schema>(schema: S) =>
  validator(
    "query",
    schema,
    (result) => {
      if (!result.success) throw validationProblem(result.error as unknown as Issue[]);
    },
    asSent,
  );

/** The path; what cannot be an id names nothing, so it is 404 NotFound. */
export const param = <S extends Schema>(schema: S) =>
  validator(
    "param",
    schema,
    (result) => {
      if (!result.success) throw new Problem("NotFound");
    },
    asSent,
  );

/** The schema, with an example of what it takes in the OpenAPI document. */
export function withExample<S extends Schema>(schema: S, example: v.InferInput<S>): S {
  return v.pipe(schema, v.examples([example])) as unknown as S;
}

/** Formats that a strictly typed decoder would refuse as it reads. */
const formats = new Set(["uuid", "iso_timestamp"]);

/** The problem with a body that these are the issues of. */
export function bodyProblem(issues: Issue[]): Problem {
  const malformed = issues.filter((issue) => issue.kind === "schema" || formats.has(issue.type));
  if (malformed.length === 0) return validationProblem(issues);
  return new Problem("JsonPayload", describe(malformed));
}

function validationProblem(issues: Issue[]): Problem {
  return new Problem("Validation", describe(issues), groupByField(issues));
}

function describe(issues: Issue[]): string {
  return issues.map((issue) => `${pathOf(issue).join(".") || "body"}: ${messageOf(issue)}`).join("; ");
}

/** Valibot's own messages quote what was received; ours (all in our schemas) do not. */
function messageOf(issue: Issue): string {
  if (issue.kind !== "schema" || isUnknownField(issue)) return issue.message;
  return issue.received === "undefined" ? "is missing" : `must be ${issue.expected ?? "of another type"}`;
}

/** Of an object that takes no other (`exactly`): valibot would say that the field must be `never`. */
const isUnknownField = ({ type, expected }: Issue) => type === "strict_object" && expected === "never";

function groupByField(issues: Issue[]): FieldIssues {
  const fields: Record<string, FieldIssue[] | Record<string, FieldIssue[]>> = {};
  for (const issue of issues) {
    const [field = "body", nested] = pathOf(issue);
    const entry: FieldIssue = { code: issue.type, message: messageOf(issue), params: {} };
    if (field === "target" && nested !== undefined) {
      const target = (fields[field] ??= {}) as Record<string, FieldIssue[]>;
      (target[nested] ??= []).push(entry);
    } else {
      const list = (fields[field] ??= []);
      if (Array.isArray(list)) list.push(entry);
    }
  }
  return fields;
}

/**
 * The field, and for the one that is an object the field in it. No deeper: keys of a map are the client's own text. Of a
 * field that there is not, what it stands in.
 */
function pathOf(issue: Issue): string[] {
  const all = (issue.path ?? []).map((item) => String(item.key));
  const path = isUnknownField(issue) ? all.slice(0, -1) : all;
  return path.slice(0, path[0] === "target" ? 2 : 1);
}

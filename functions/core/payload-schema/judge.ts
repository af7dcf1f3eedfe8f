import type { EventPost } from "#core/ingest.ts";
import { stepsPerCharacter } from "#core/payload-schema/cost.ts";
import { withinMs } from "#core/payload-schema/time-limit.ts";
import {
  createValidator,
  type Definition,
  type Finding,
  type Validator,
} from "#core/payload-schema/validator.ts";

/** Some ms at the worst: what takes no more needs no limit of time, which costs more than a usual payload. */
const STEPS_MAX = 20_000_000;
const CHARACTERS_MAX = 8_192;
/** For all that is judged at the same moment; a usual payload takes some µs. */
const TOGETHER_MS_MAX = 250;
/** When that was not enough: for one payload, and for all of one application. */
const ALONE_MS_MAX = 100;
const APPLICATION_MS_MAX = 500;

/** The schema that payloads of an event type are judged by. */
export interface SchemaInForce {
  readonly mode: "warn" | "enforce";
  readonly version: number;
  readonly definition: Definition;
}

/** A schema in force, compiled. */
export interface Judge extends SchemaInForce {
  readonly validator: Validator;
  readonly stepsPerCharacter: number;
}

export function createJudge(schema: SchemaInForce): Judge {
  const { definition } = schema;
  return {
    ...schema,
    validator: compileAccepted(definition),
    stepsPerCharacter: stepsPerCharacter(definition),
  };
}

/** One that was accepted once and that this version cannot compile refuses all and says why. */
function compileAccepted(definition: Definition): Validator {
  try {
    return createValidator(definition);
  } catch {
    const finding = {
      pointer: "",
      keyword: "schema",
      message: "cannot be judged: the schema does not compile",
    };
    return { findingsIn: () => [finding] };
  }
}

type Payload = Pick<EventPost, "application_id" | "payload" | "payload_content_type">;
export interface Case {
  readonly judge: Judge;
  readonly event: Payload;
}

/**
 * How each payload breaks its schema, in order. Together in limited time, and when that runs out each alone, so that
 * one that takes for ever harms only its application: then `onSlow` is told the judges not to be used again.
 */
export function judgeAll(cases: readonly Case[], onSlow: (judge: Judge) => void): (readonly Finding[])[] {
  const judgeEach = () => cases.map(({ judge, event }) => findingsOf(judge.validator, event));
  if (isQuick(cases)) return judgeEach();
  const together = withinMs(TOGETHER_MS_MAX, judgeEach);
  if (together) return together;
  for (const { judge } of cases) onSlow(judge);
  return judgeEachAlone(cases);
}

function isQuick(cases: readonly Case[]): boolean {
  let steps = 0;
  for (const { judge, event } of cases) {
    if (event.payload.length > CHARACTERS_MAX) return false;
    steps += event.payload.length * judge.stepsPerCharacter;
  }
  return steps <= STEPS_MAX;
}

function judgeEachAlone(cases: readonly Case[]): (readonly Finding[])[] {
  const validators = new Map<Judge, Validator>();
  const spentMs = new Map<string, number>();
  return cases.map(({ judge, event }) => {
    const spent = spentMs.get(event.application_id) ?? 0;
    if (spent >= APPLICATION_MS_MAX) return [outOfTime];
    // What was ended halfway may be half changed: a fresh one.
    const validator = validators.get(judge) ?? compileAccepted(judge.definition);
    validators.set(judge, validator);
    const start = performance.now();
    const findings = withinMs(ALONE_MS_MAX, () => findingsOf(validator, event));
    spentMs.set(event.application_id, spent + performance.now() - start);
    if (!findings) validators.delete(judge);
    return findings ?? [outOfTime];
  });
}

const outOfTime: Finding = {
  pointer: "",
  keyword: "time",
  message: `could not be judged within ${ALONE_MS_MAX} ms`,
};

/** How a payload breaks the schema. Only JSON can follow one. */
function findingsOf(
  validator: Validator,
  { payload, payload_content_type: type }: Omit<Payload, "application_id">,
): readonly Finding[] {
  if (type === "application/json") return validator.findingsIn(payload);
  return [
    { pointer: "", keyword: "content_type", message: "must be application/json: its type has a schema" },
  ];
}

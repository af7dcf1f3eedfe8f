import { pino, type DestinationStream, type Logger } from "pino";

/** Structured JSON logs. Of an error its kind, message and stack: Postgres puts whole rows into the other fields. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = { name, level, base: null, serializers: { error: describeError } };
  return destination ? pino(options, destination) : pino(options);
}

/** Messages that repeat what was given: Postgres on data that it cannot read (class 22), and the parser of JSON. */
const repeatsInput = (error: Error, code: unknown): boolean =>
  error instanceof SyntaxError || (typeof code === "string" && /^22[0-9A-Z]{3}$/.test(code));
/** Mail servers repeat the address that they refuse. */
const address = /[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g;

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = "code" in error ? error.code : undefined;
  const message = repeatsInput(error, code) ? "(left out)" : error.message.replaceAll(address, "(address)");
  // The stack begins with the message.
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { type: error.name, message, code, stack: [`${error.name}: ${message}`, ...frames].join("\n") };
}

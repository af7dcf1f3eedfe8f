import { pino, type DestinationStream, type Logger } from "pino";

/** Structured JSON logs. Of an error its kind, message and stack: Postgres puts whole rows into the other fields. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = { name, level, base: null, serializers: { error: describeError } };
  return destination ? pino(options, destination) : pino(options);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  return { type: error.name, message: error.message, code, stack: error.stack };
}

/** What a limited copy of a service token may still do. */
export interface Limits {
  readonly application: string | undefined;
  readonly expiresAt: Date | undefined;
  readonly may: "everything" | "read" | "send";
}

const READS = [
  "organization:get",
  "application:list",
  "application:get",
  "event_type:list",
  "event_type:get",
  "subscription:list",
  "subscription:get",
  "event:list",
  "event:get",
  "request_attempt:list",
  "request_attempt:get",
  "response:get",
];

/** The Datalog checks that hold a token to its limits; each is asked of every request made with it. */
export function checksOf(limits: Limits): string[] {
  const checks: string[] = [];
  if (limits.application) {
    checks.push(`check if application_id(hex:${limits.application.replaceAll("-", "")});`);
  }
  if (limits.expiresAt) {
    checks.push(`check if time($now), $now < ${limits.expiresAt.toISOString().replace(/\.\d+Z$/, "Z")};`);
  }
  if (limits.may === "send") checks.push(`check if action("event:ingest");`);
  if (limits.may === "read") {
    checks.push(`check if ${READS.map((action) => `action("${action}")`).join(" or ")};`);
  }
  return checks;
}

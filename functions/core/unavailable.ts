/** Classes of SQLSTATE that say the server cannot serve now: connection, rollback, resources, operator, lock timeout. */
const unavailable = /^(08|40|53|57P|55P03|57014)/;
const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

const driverMessages = /timeout exceeded when trying to connect|Connection terminated|is not queryable/;

/** Whether an error means that Postgres is away or overloaded, so that the same call may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") {
    return unavailable.test(error.code) || networkCodes.has(error.code);
  }
  // The driver's own errors have no code.
  return driverMessages.test(error.message);
}

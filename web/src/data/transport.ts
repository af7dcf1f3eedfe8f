import { ApiProblem, readProblem } from "./problem.ts";
import { keepSession, readStored, session, type Session } from "./session.ts";

const BASE = "/api/v1";
/** A token this close to its end is renewed first: the request must still find it good. */
const RENEW_BEFORE_MS = 15_000;

/**
 * `fetch` with the session's token, renewed when it is about to end or refused once. Resolves for a 2xx only; throws
 * ApiProblem otherwise. A session that cannot be renewed is over, and the sign-in page is shown.
 */
export async function call(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const current = session();
  const isEnding =
    current &&
    Date.parse(current.access_token_expiration) - Date.now() < RENEW_BEFORE_MS &&
    current.refresh_token;
  const token = isEnding ? (await renew(current)).access_token : current?.access_token;
  let response = await reach(input, withToken(init, token));
  if (response.status === 403 && current?.refresh_token && token) {
    const problem = await readProblem(response);
    if (problem.id !== "AuthInvalidBiscuit") throw problem;
    response = await reach(input, withToken(init, (await renew(current)).access_token));
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** A JSON call of an endpoint whose answer has this type. */
export async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await call(`${BASE}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

let renewing: Promise<Session> | undefined;

/** One renewal at a time, in all tabs: a refresh token is good once. */
function renew(stale: Session): Promise<Session> {
  renewing ??= navigator.locks
    .request("columba.renew", () => renewUnlessDone(stale))
    .finally(() => (renewing = undefined));
  return renewing;
}

async function renewUnlessDone(stale: Session): Promise<Session> {
  const stored = readStored();
  if (stored && stored.access_token !== stale.access_token) {
    keepSession(stored);
    return stored;
  }
  const response = await reach(`${BASE}/auth/refresh`, withToken({ method: "POST" }, stale.refresh_token));
  if (!response.ok) {
    keepSession(null);
    throw new ApiProblem("Your session has ended. Sign in again.", { id: "SessionEnded", status: 401 });
  }
  const renewed = (await response.json()) as Session;
  keepSession(renewed);
  return renewed;
}

async function reach(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch {
    throw new ApiProblem("No answer from the server. Is it running, and are you online?", {
      id: "Unreachable",
      status: 0,
    });
  }
}

function withToken(init: RequestInit, token: string | undefined): RequestInit {
  const headers = new Headers(init.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}

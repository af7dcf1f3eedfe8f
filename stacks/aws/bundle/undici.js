// What of undici the delivery function uses: its entry would bring in fetch, WebSocket, caches and mocks, 300 kB.
import Agent from "undici/lib/dispatcher/agent.js";
import apiRequest from "undici/lib/api/api-request.js";
import buildConnector from "undici/lib/core/connect.js";
import errors from "undici/lib/core/errors.js";
import util from "undici/lib/core/util.js";

export { Agent, buildConnector, errors };

/** As undici's `request`, for calls that name their dispatcher. */
export function request(url, { dispatcher, ...options }) {
  const { origin, pathname, search } = util.parseURL(url);
  return apiRequest.call(dispatcher, { ...options, origin, path: `${pathname}${search}` });
}

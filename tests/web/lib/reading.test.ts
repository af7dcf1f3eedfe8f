import fc from "fast-check";
import { expect, test } from "vitest";
import { diagnose } from "../../../web/src/lib/diagnosis.ts";
import { formatLabels, parseLabels, parseLines } from "../../../web/src/lib/labels.ts";
import { formatBytes, readPayload } from "../../../web/src/lib/payload.ts";
import { one, sinceToInstant } from "../../../web/src/lib/search.ts";
import { fieldMessages, ApiProblem } from "../../../web/src/data/problem.ts";

const at = "2026-11-23T10:00:00Z";
const failed = { type: "failed", at, full_processing_ms: 5 } as const;

test("labels survive being written and read", () => {
  const part = fc.stringMatching(/^[a-z0-9_.-]{1,20}$/);
  fc.assert(
    fc.property(fc.dictionary(part, part, { noNullPrototype: true }), (labels) => {
      expect(parseLabels(formatLabels(labels))).toEqual(labels);
    }),
  );
  expect(() => parseLabels("nonsense")).toThrow('"nonsense" is not key=value');
});

test("headers survive being written and read, whatever their values hold", () => {
  const name = fc.stringMatching(/^[a-z-]{1,20}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (headers) => {
      expect(parseLines(formatLabels(headers))).toEqual(headers);
    }),
  );
});

test("a payload is read as what it is: JSON, text, or bytes left in base64", () => {
  expect(readPayload(btoa('{"a":1}'))).toMatchObject({ isJson: true, json: { a: 1 }, bytes: 7 });
  expect(readPayload(btoa("plain"))).toMatchObject({ isJson: false, text: "plain" });
  expect(readPayload(btoa("\xff\xfe"))).toMatchObject({ isBinary: true, text: btoa("\xff\xfe") });
  expect(formatBytes(1_536)).toBe("1.5 KiB");
});

test.each([
  [500, "The endpoint failed itself (500). It took 12 ms."],
  [401, "The endpoint refused the request as not allowed (401). It took 12 ms."],
  [302, "The endpoint redirects (302); deliveries follow no redirect. It took 12 ms."],
])("an answer of %i is explained", (http_response_status, sentence) => {
  const attempt = { status: failed, http_response_status, retry_count: 0 };
  expect(diagnose(attempt, { response_error_name: "E_HTTP", elapsed_time_ms: 12 })).toBe(sentence);
});

test("no answer is explained by its cause, and an attempt that was never sent says so", () => {
  const attempt = { status: failed, http_response_status: null, retry_count: 0 };
  expect(diagnose(attempt, { response_error_name: "E_TIMEOUT", elapsed_time_ms: 10_000 })).toMatch(/in time/);
  expect(diagnose(attempt, undefined)).toMatch(/without being sent/);
});

test("a search parameter is read once, and a span of time becomes an instant", () => {
  expect(one(["a", "b"])).toBe("a");
  expect(one("")).toBeUndefined();
  expect(sinceToInstant("1h", Date.parse(at))).toBe("2026-11-23T09:00:00.000Z");
  expect(sinceToInstant("2y", 0)).toBeUndefined();
});

test("a refused field is told by name, nested ones too", () => {
  const problem = new ApiProblem("x", {
    id: "Validation",
    status: 422,
    validation: { name: [{ message: "too short" }], target: { url: [{ message: "not a URL" }] } },
  });
  expect(fieldMessages(problem, "name")).toBe("too short");
  expect(fieldMessages(problem, "target.url")).toBe("not a URL");
  expect(fieldMessages(problem, "other")).toBeUndefined();
  expect(fieldMessages(new Error("x"), "name")).toBeUndefined();
});

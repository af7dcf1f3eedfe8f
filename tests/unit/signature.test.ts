import fc from "fast-check";
import { verifyWebhookSignatureWithCurrentTime } from "hook0-client";
import { expect, test } from "vitest";
import { signHook0 } from "#core/delivery/signature.ts";
import vectors from "../vectors/hook0-signature-vectors.json" with { type: "json" };

const secret = "0198c0de-0000-4000-8000-000000000000";

function verify(
  signature: string,
  body: Uint8Array,
  headers: Record<string, string>,
  key: string,
  seconds: number,
  toleranceSeconds = 300,
) {
  const now = new Date(seconds * 1_000);
  return verifyWebhookSignatureWithCurrentTime(
    signature,
    Buffer.from(body),
    new Headers(headers),
    key,
    toleranceSeconds,
    now,
  );
}

test.each([
  {
    headers: {
      "x-event-id": "1a01cb48-5142-4d9b-8f90-d20cca61f0ee",
      "x-event-type": "service.resource.verb",
    },
    code: "bc521546ba5de381b12f135782d2008b028c3065c191760b12b76850a8fc8f51",
  },
  {
    headers: { "x-test": "val1", "x-test2": "val2" },
    code: "493c35f05443fdb74cb99fd4f00e0e7653c2ab6b24fbc97f4a7bd4d56b31758a",
  },
])("signs as Hook0's own vectors do: $code", ({ headers, code }) => {
  const signature = signHook0(
    "secret",
    new Date(1_636_936_200_000),
    new Map(Object.entries(headers)),
    Buffer.from("hello !"),
  );
  expect(signature).toBe(`t=1636936200,h=${Object.keys(headers).join(" ")},v1=${code}`);
});

test.each(vectors.vectors)("the verifier we are tested with is right: $name", (vector) => {
  const headers = Object.fromEntries(vector.headers as [string, string][]);
  const check = (signature: string) => () =>
    verify(
      signature,
      Buffer.from(vector.payload),
      headers,
      vector.secret,
      vector.current_time,
      vector.tolerance_seconds,
    );
  if (vector.verdict === "accepted") expect(check(vector.signature)()).toBe(true);
  else expect(check(vector.signature)).toThrow();

  const ours = signHook0(
    vector.secret,
    new Date(vector.current_time * 1_000),
    new Map(Object.entries(headers)),
    Buffer.from(vector.payload),
  );
  expect(check(ours)(), "our signature of the same request").toBe(true);
});

const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const request = fc.record({
  headers: fc.dictionary(headerName, headerValue, { minKeys: 1, maxKeys: 10 }),
  body: fc.uint8Array({ maxLength: 2_000 }),
  seconds: fc.integer({ min: 1, max: 4_000_000_000 }),
});

test("what we sign, Hook0's published client verifies", () => {
  fc.assert(
    fc.property(request, ({ headers, body, seconds }) => {
      const signature = signHook0(secret, new Date(seconds * 1_000), new Map(Object.entries(headers)), body);
      expect(verify(signature, body, headers, secret, seconds)).toBe(true);
    }),
  );
});

test("a change of body, of a header, of the secret or of the time is refused", () => {
  fc.assert(
    fc.property(
      request,
      fc.constantFrom("body", "header", "secret", "time"),
      ({ headers, body, seconds }, what) => {
        const signature = signHook0(
          secret,
          new Date(seconds * 1_000),
          new Map(Object.entries(headers)),
          body,
        );
        const [name = ""] = Object.keys(headers);
        const changed = {
          body: what === "body" ? Buffer.concat([body, Buffer.from("x")]) : body,
          headers: what === "header" ? { ...headers, [name]: `${headers[name]}x` } : headers,
          secret: what === "secret" ? "another" : secret,
          seconds: what === "time" ? seconds + 301 : seconds,
        };
        expect(() =>
          verify(signature, changed.body, changed.headers, changed.secret, changed.seconds),
        ).toThrow();
      },
    ),
  );
});

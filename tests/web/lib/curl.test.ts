import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toCurl, toDeliveryCurl } from "../../../web/src/lib/curl.ts";

/** The arguments a POSIX shell would give to curl. */
function shellWords(command: string): string[] {
  const script = command.replace(/^curl/, "set --") + '\nfor word; do printf "%s\\0" "$word"; done';
  return execFileSync("sh", ["-c", script], { encoding: "utf8", env: { COLUMBA_TOKEN: "token" } })
    .split("\0")
    .slice(0, -1);
}

test("whatever the body holds, the shell passes it on unchanged", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
      (text) => {
        const words = shellWords(
          toCurl({ method: "POST", path: "/api/v1/event", body: { text } }, "http://h"),
        );
        expect(words.at(-1)).toBe(JSON.stringify({ text }));
        const sent = { method: "POST", url: "http://h/", headers: { "x-a": "b" }, body: text };
        expect(shellWords(toDeliveryCurl(sent)).at(-1)).toBe(text);
      },
    ),
    { numRuns: 25 },
  );
});

test("a copied call names the token's variable and not the token", () => {
  expect(toCurl({ method: "GET", path: "/api/v1/events?application_id=1" }, "http://h")).toBe(
    `curl 'http://h/api/v1/events?application_id=1' \\\n  -H "Authorization: Bearer $COLUMBA_TOKEN"`,
  );
});

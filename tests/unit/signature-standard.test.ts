import { verify as verifyWithKey } from "node:crypto";
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, expect, test, vi } from "vitest";
import { signStandard, signStandardEd25519 } from "#core/delivery/signature-standard.ts";
import { generateKeyPair, publicKeyOf } from "#core/ed25519.ts";
import { ed25519KeyOf } from "../helpers/verify-standard.ts";

afterEach(() => void vi.useRealTimers());

// Of the specification (1.0.0) and of Svix's own tests.
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  keyPair: "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
  publicKey: "1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
  content: {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    seconds: 1_614_265_330,
    body: Buffer.from('{"test": 2432232314}'),
  },
};

test("signs as the vectors of Standard Webhooks do", () => {
  expect(signStandard(vector.secret, vector.content)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  expect(signStandardEd25519(vector.keyPair, vector.content)).toBe(
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
  );
  expect(publicKeyOf(vector.keyPair).toString("base64")).toBe(vector.publicKey);
});

const signed = fc.record({
  key: fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  id: fc.uuid(),
  seconds: fc.integer({ min: 1, max: 4_000_000_000 }),
  body: fc.json(),
});

const libraries = { standardwebhooks: StandardWebhook, svix: SvixWebhook };

test.each(Object.entries(libraries))("what we sign, %s verifies, and refuses once changed", (_, Webhook) => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const change = fc.constantFrom("nothing", "body", "id", "time", "secret");
  fc.assert(
    fc.property(signed, change, ({ key, id, seconds, body }, changed) => {
      const code = signStandard(`whsec_${key.toString("base64")}`, { id, seconds, body: Buffer.from(body) });
      vi.setSystemTime(seconds * 1_000);
      const other = changed === "secret" ? Buffer.concat([key, Buffer.from("x")]) : key;
      const check = () =>
        new Webhook(other.toString("base64")).verify(changed === "body" ? `${body} ` : body, {
          "webhook-id": changed === "id" ? `${id}0` : id,
          "webhook-timestamp": String(changed === "time" ? seconds + 1 : seconds),
          "webhook-signature": code,
        });
      if (changed === "nothing") expect(check()).toEqual(JSON.parse(body));
      else expect(check).toThrow();
    }),
  );
});

test("an Ed25519 signature of any bytes verifies under the public half of its pair, and under no other", () => {
  const pair = generateKeyPair();
  const [right, wrong] = [publicKeyOf(pair), publicKeyOf(generateKeyPair())].map(ed25519KeyOf);
  if (!right || !wrong) throw new Error("no keys");
  const body = fc.uint8Array({ maxLength: 500 });
  fc.assert(
    fc.property(fc.uuid(), fc.nat(), body, (id, seconds, bytes) => {
      const [version, code = ""] = signStandardEd25519(pair, { id, seconds, body: bytes }).split(",");
      const message = Buffer.concat([Buffer.from(`${id}.${seconds}.`), bytes]);
      const signature = Buffer.from(code, "base64");
      expect(version).toBe("v1a");
      expect(verifyWithKey(null, message, right, signature)).toBe(true);
      expect(verifyWithKey(null, message, wrong, signature)).toBe(false);
      expect(verifyWithKey(null, Buffer.concat([message, Buffer.from("x")]), right, signature)).toBe(false);
    }),
  );
});

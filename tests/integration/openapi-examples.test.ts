import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { passwordPost } from "#functions/api/examples/accounts.ts";
import * as ids from "#functions/api/examples/ids.ts";
import hook0 from "../vectors/hook0-openapi.json" with { type: "json" };
import { createFixtures } from "../helpers/fixtures.ts";
import { startReceiver } from "../helpers/receiver.ts";
import type { Fixtures } from "../helpers/routes.ts";
import { createMember, createWorld, type World } from "../helpers/world.ts";

interface Media {
  readonly schema: { readonly examples?: readonly unknown[] };
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const documentOf = async (world: World) => (await world.call("GET", "/swagger.json")).json as Document;

/** Every operation with the JSON that it takes and the JSON that it answers when it succeeds, and where they stand. */
function operationsOf({ paths }: Document) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, requestBody, responses }]) => {
      const status = Object.keys(responses).find((code) => code < "300") ?? "";
      const at = ["paths", path, method];
      const taken = requestBody?.content["application/json"];
      const answered = responses[status]?.content?.["application/json"];
      const mediaOf = (media: Media | undefined, ...place: string[]) =>
        media && { example: media.example ?? media.schema.examples?.[0], at: [...at, ...place, "schema"] };
      return {
        operationId,
        path: path.replace("/api/v1", ""),
        method: method.toUpperCase(),
        status: Number(status),
        request: mediaOf(taken, "requestBody", "content", "application/json"),
        success: mediaOf(answered, "responses", status, "content", "application/json"),
      };
    }),
  );
}

const ours = ({ operationId }: { operationId: string }) =>
  !Object.values(hook0.paths)
    .flatMap((methods) => Object.values(methods as Record<string, { operationId?: string }>))
    .some((theirs) => theirs.operationId === operationId);

test("every operation of Columba's own, and every one that takes a body, has examples", async () => {
  await using world = await createWorld();
  const operations = operationsOf(await documentOf(world));
  expect(operations.filter(ours).length).toBeGreaterThan(40);
  for (const { operationId, request, success, ...operation } of operations) {
    expect(request && request.example === undefined, `${operationId}: what is sent`).not.toBe(true);
    if (!ours({ ...operation, operationId }) && !request) continue;
    expect(success && success.example === undefined, `${operationId}: what is answered`).not.toBe(true);
  }
});

test("every example is what its schema in the document says, with ids that are UUIDs", async () => {
  await using world = await createWorld();
  const document = await documentOf(world);
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { "idn-email": true } });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  const pointerTo = (place: readonly string[]) =>
    place.map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");
  let judged = 0;
  for (const { operationId, request, success } of operationsOf(document)) {
    for (const media of [request, success]) {
      if (media?.example === undefined) continue;
      const validate = ajv.compile({ $ref: `document#${pointerTo(media.at)}` });
      expect(validate(media.example), `${operationId}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      // A schema that allowed anything would prove nothing.
      expect(validate(Symbol("nothing")), operationId).toBe(false);
      for (const [name, value] of idsIn(media.example))
        expect(value, `${operationId}: ${name}`).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      judged++;
    }
  }
  expect(judged).toBeGreaterThan(100);
});

function idsIn(value: unknown): [name: string, value: string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name.endsWith("_id") && name !== "revocation_id" && typeof inner === "string"
      ? [[name, inner] satisfies [string, string]]
      : idsIn(inner),
  );
}

/** What ends the run for those after it, and what needs a mailed link. */
const last = new Set([
  "auth.changePassword",
  "auth.logout",
  "organizations.delete",
  "organizations.revoke",
  "revokedTokens.create",
]);
const needsLink = new Set(["auth.verifyEmail", "auth.resetPassword"]);

test("every request example is accepted as it stands, but for the ids of what is there", async () => {
  await using world = await createWorld();
  await using receiver = await startReceiver();
  const tenant = await createFixtures(world, receiver.url);
  const editor = await createMember(world, tenant.organization_id, "editor");
  const signedIn = await editor.signIn();
  const { db } = world.ctx;
  const operations = operationsOf(await documentOf(world)).filter(({ request }) => request);
  for (const operation of operations.toSorted(
    (one, other) => Number(last.has(one.operationId)) - Number(last.has(other.operationId)),
  )) {
    const { operationId, method, path, status, request } = operation;
    const body = JSON.parse(inPlaceOf(tenant, editor, JSON.stringify(request?.example)));
    const isPersonal = /^(auth\.|register|organizations\.create$)/.test(operationId);
    const token = isPersonal ? signedIn : tenant.service_token;
    const answer = await world.call(method, filled(path, tenant), token, body);
    const expected = needsLink.has(operationId) ? 401 : status;
    expect(answer.status, `${operationId}: ${answer.text}`).toBe(expected);
    // As the mailed link does.
    if (operationId === "register") await sql`update user_account set email_verified_at = now()`.execute(db);
  }
});

/** The text with what exists in the places of what the examples name. */
function inPlaceOf(tenant: Fixtures, editor: { password: string }, text: string): string {
  const places: readonly (readonly [string, string])[] = [
    [ids.applicationId, tenant.application_id],
    [ids.subscriptionId, tenant.subscription_id],
    [ids.organizationId, tenant.organization_id],
    [ids.userId, tenant.member_id],
    [ids.newEventId, randomUUID()],
    [ids.biscuit, tenant.child_token],
    [passwordPost.current_password ?? "", editor.password],
  ];
  return places.reduce((result, [example, own]) => result.replaceAll(example, own), text);
}

function filled(path: string, tenant: Fixtures): string {
  const own: Readonly<Record<string, string>> = {
    ...tenant,
    event_type_name: ids.eventTypeName,
    application_secret_token: tenant.application_secret,
    service_token_id: tenant.token_id,
    change: "pause",
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => own[name] ?? name);
}

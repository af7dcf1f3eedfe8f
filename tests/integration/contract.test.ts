import fc from "fast-check";
import { expect, test } from "vitest";
import hook0 from "../vectors/hook0-openapi.json" with { type: "json" };
import { createMember, createTenant, createWorld } from "../helpers/world.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: Schema | boolean;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const theirs = hook0 as unknown as Document;

function resolve(document: Document, schema: Schema | undefined): Schema {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? resolve(document, document.components?.schemas?.[name]) : (schema ?? {});
}

function operationsOf(document: Document): Map<string, Operation & { path: string; method: string }> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path: path.replace(/\/$/, ""),
      method,
    })),
  );
  return new Map(operations.map((operation) => [operation.operationId ?? "", operation]));
}

/** Properties and requirements of an object schema, whatever of its alternatives has them. */
function objectOf(document: Document, schema: Schema | undefined): Schema {
  const resolved = resolve(document, schema);
  if (resolved.type === "array") return objectOf(document, resolved.items);
  const parts = (resolved.anyOf ?? resolved.oneOf ?? []).map((part) => objectOf(document, part));
  return {
    ...resolved,
    properties: Object.assign({}, resolved.properties, ...parts.map((part) => part.properties ?? {})),
    required: [...(resolved.required ?? [])],
  };
}

const bodyOf = (operation: Operation) => operation.requestBody?.content["application/json"]?.schema;
const successOf = (operation: Operation) =>
  Object.entries(operation.responses).find(([status]) => status < "300");

test("the document has all 38 operations of Hook0's, with no field missing and none stricter", async () => {
  await using world = await createWorld();
  const ours = (await world.call("GET", "/swagger.json")).json as Document;
  const known = operationsOf(ours);
  const expected = operationsOf(theirs);
  expect(expected.size).toBe(38);
  for (const [id, their] of expected) {
    const our = known.get(id);
    expect(our && [our.path, our.method], id).toEqual([their.path, their.method]);
    if (!our) continue;

    for (const parameter of our.parameters ?? []) {
      const same = their.parameters?.find(({ name }) => name === parameter.name);
      expect(!parameter.required || same?.required, `${id}: ${parameter.name} is not required there`).toBe(
        true,
      );
    }
    const parameters = (our.parameters ?? []).map(({ name }) => name);
    expect(parameters, id).toEqual(expect.arrayContaining((their.parameters ?? []).map(({ name }) => name)));

    const [ourBody, theirBody] = [objectOf(ours, bodyOf(our)), objectOf(theirs, bodyOf(their))];
    expect(Object.keys(ourBody.properties ?? {}), id).toEqual(
      expect.arrayContaining(Object.keys(theirBody.properties ?? {})),
    );
    expect(theirBody.required, `${id}: requires no more`).toEqual(
      expect.arrayContaining([...(ourBody.required ?? [])]),
    );

    const [ourStatus, ourAnswer] = successOf(our) ?? [];
    const [theirStatus, theirAnswer] = successOf(their) ?? [];
    expect(ourStatus, id).toBe(theirStatus);
    const ourResult = objectOf(ours, ourAnswer?.content?.["application/json"]?.schema);
    const theirResult = objectOf(theirs, theirAnswer?.content?.["application/json"]?.schema);
    const fields = Object.keys(theirResult.properties ?? {});
    expect(Object.keys(ourResult.properties ?? {}), id).toEqual(expect.arrayContaining(fields));
    expect(ourResult.required, `${id}: always there, if null`).toEqual(expect.arrayContaining(fields));
  }
});

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constant("\u0000"),
);

/** Values that the schema allows, near its edges where it says nothing of them. */
function valueOf(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const { type, format, items, properties, required, additionalProperties, ...rest } = resolve(
    document,
    schema,
  );
  if (rest.enum) return fc.constantFrom(...rest.enum);
  const alternatives = rest.anyOf ?? rest.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((part) => valueOf(document, part)));
  if (format === "uuid") return fc.uuid();
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.integer();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(valueOf(document, items ?? {}), { maxLength: 4 });
    case "object": {
      if (!properties) {
        const values =
          typeof additionalProperties === "object" ? valueOf(document, additionalProperties) : text;
        return fc.dictionary(text, values, { maxKeys: 12 });
      }
      const entries = Object.entries(properties).map(
        ([name, property]) => [name, valueOf(document, property)] as const,
      );
      return fc.record(Object.fromEntries(entries), { requiredKeys: [...(required ?? [])] });
    }
    default:
      return fc.jsonValue();
  }
}

test("no request that the document allows, and no nonsense, is answered with a 500", async () => {
  await using world = await createWorld();
  const tenant = await createTenant(world);
  const editor = await createMember(world, tenant.organization_id, "editor");
  const tokens = [tenant.service_token, tenant.application_secret, await editor.signIn()];
  const document = (await world.call("GET", "/swagger.json")).json as Document;
  // Real tenants in the places of their ids, so that requests get past authorization.
  const own: Record<string, string> = {
    application_id: tenant.application_id,
    organization_id: tenant.organization_id,
  };
  const endsTheRun = new Set([
    "applications.delete",
    "organizations.delete",
    "auth.logout",
    "auth.changePassword",
    "serviceToken.delete",
    "applicationSecrets.delete",
  ]);

  for (const { path, method, operationId = "", parameters = [], ...operation } of operationsOf(
    document,
  ).values()) {
    if (endsTheRun.has(operationId)) continue;
    const body = bodyOf(operation);
    const request = fc.record({
      token: fc.constantFrom(...tokens),
      parameters: fc.tuple(
        ...parameters.map(({ name, schema }) =>
          own[name] ? fc.constant(own[name]) : valueOf(document, schema),
        ),
      ),
      body: body
        ? fc.oneof({ arbitrary: valueOf(document, body), weight: 4 }, fc.jsonValue())
        : fc.constant(undefined),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ token, parameters: values, body: sent }) => {
        const query = new URLSearchParams();
        let filled = path.replace("/api/v1", "");
        for (const [index, { name, in: place }] of parameters.entries()) {
          const value = String(values[index]);
          if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(value) || "-");
          else query.set(name, value);
        }
        const payload =
          sent && typeof sent === "object" && !Array.isArray(sent)
            ? { ...sent, ...ownFields(sent, own) }
            : sent;
        const answer = await world.call(method.toUpperCase(), `${filled}?${query}`, token, payload);
        expect(answer.status, `${operationId}: ${answer.text}`).toBeLessThan(500);
      }),
      { numRuns: 25 },
    );
  }
});

function ownFields(body: object, own: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(own).filter(([name]) => name in body));
}

import { describeRoute, resolver } from "hono-openapi";
import * as v from "valibot";
import { problems, type ProblemId } from "#core/problem.ts";

export const ProblemSchema = v.object({
  type: v.string(),
  id: v.picklist(Object.keys(problems) as ProblemId[]),
  title: v.string(),
  detail: v.string(),
  status: v.number(),
  validation: v.nullable(v.record(v.string(), v.unknown())),
});

/** JSON has no dates: they are sent as RFC 3339 text. */
const conversion = {
  options: {
    overrideSchema: ({ valibotSchema }: { valibotSchema: { type: string } }) =>
      valibotSchema.type === "date" ? { type: "string", format: "date-time" } : undefined,
  },
};

const asSent = { options: { ...conversion.options, typeMode: "input" } };

interface Operation<S extends v.GenericSchema> {
  readonly summary: string;
  readonly tag: string;
  /** Status and body of the success; null for an empty answer. */
  readonly success: readonly [status: number, body: S | null];
  readonly isPublic?: boolean;
  /** Of the success's body. */
  readonly example?: v.InferOutput<S>;
  /** What a route takes that reads its body itself; of others their validator tells, with an example. */
  readonly body?: v.GenericSchema;
}

const failures = [400, 401, 403, 404, 409, 410, 422, 429, 500, 503];

/** What the OpenAPI document says of a route. `operationId` is Hook0's, which SDKs are generated from. */
export function operation<S extends v.GenericSchema>(
  operationId: string,
  { summary, tag, success, isPublic, example, body: sent }: Operation<S>,
) {
  const [status, body] = success;
  const problem = {
    description: "Problem",
    content: { "application/problem+json": { schema: resolver(ProblemSchema, conversion) } },
  };
  return describeRoute({
    operationId,
    summary,
    tags: [tag],
    ...(sent && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: resolver(sent, asSent) } },
      },
    }),
    security: isPublic ? [] : [{ biscuit: [] }],
    responses: {
      [status]: {
        description: summary,
        ...(body && {
          content: {
            "application/json": {
              schema: resolver(body, conversion),
              ...(example !== undefined && { example }),
            },
          },
        }),
      },
      ...Object.fromEntries(failures.map((failure) => [failure, problem])),
    },
  });
}

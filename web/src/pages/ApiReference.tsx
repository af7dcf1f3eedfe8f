import { useQuery } from "@tanstack/solid-query";
import { createMemo, For, Show } from "solid-js";
import { send } from "../data/transport.ts";
import { toCurl } from "../lib/curl.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { QueryView } from "../ui/QueryView.tsx";
import { RowsSkeleton } from "../ui/Skeleton.tsx";

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
}

interface Body {
  readonly content?: {
    readonly "application/json"?: {
      readonly example?: unknown;
      readonly schema?: { readonly examples?: readonly unknown[] };
    };
  };
}

/** What is sent, and what a success answers, where the document shows it. */
function examplesOf({ requestBody, responses }: Operation): string[] {
  const success = Object.entries(responses ?? {}).find(([status]) => status.startsWith("2"))?.[1];
  const sent = requestBody?.content?.["application/json"]?.schema?.examples?.[0];
  return [sent, success?.content?.["application/json"]?.example]
    .filter((example) => example !== undefined)
    .map((example) => JSON.stringify(example, null, 2));
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const tones: Readonly<Record<string, string>> = {
  GET: "text-plume",
  POST: "text-ok",
  PUT: "text-wait",
  DELETE: "text-bad",
};

/** Every operation of this instance, from its own OpenAPI document. */
export default function ApiReference() {
  const query = useQuery(() => ({
    queryKey: ["openapi"],
    queryFn: () => send<OpenApi>("GET", "/swagger.json"),
    staleTime: Infinity,
  }));
  return (
    <>
      <PageHeader
        title="API reference"
        description={
          <>
            Hook0's REST API, under <code class="text-xs">{location.origin}/api/v1</code>. The whole document:{" "}
            <a href="/api/v1/swagger.json" rel="external" class="text-accent-ink underline">
              swagger.json
            </a>
          </>
        }
      />
      <QueryView query={query} skeleton={<RowsSkeleton rows={12} />}>
        {(document) => <Operations document={document()} />}
      </QueryView>
    </>
  );
}

function Operations(props: { document: OpenApi }) {
  const groups = createMemo(() => {
    const operations = Object.entries(props.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation,
      })),
    );
    return Object.entries(Object.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "Other"));
  });
  return (
    <div class="flex flex-col gap-4">
      <For each={groups()}>
        {([tag, operations]) => (
          <section class="card overflow-hidden">
            <h2 class="border-b border-line px-4 py-3 text-sm font-semibold">{tag}</h2>
            <ul class="divide-y divide-line">
              <For each={operations}>
                {({ path, method, operation }) => (
                  <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
                    <code class={`w-14 text-xs font-semibold ${tones[method] ?? ""}`}>{method}</code>
                    <div class="min-w-0 flex-1">
                      <code class="text-xs break-all">{path}</code>
                      <Show when={operation.parameters?.some((one) => one.in === "query")}>
                        <span class="text-xs text-ink-3">
                          {" "}
                          ?
                          {operation.parameters
                            ?.filter((one) => one.in === "query")
                            .map((one) => one.name + (one.required ? "" : "?"))
                            .join(" & ")}
                        </span>
                      </Show>
                      <p class="text-ink-2">{operation.summary}</p>
                      <Show when={examplesOf(operation).length > 0}>
                        <details>
                          <summary class="w-max rounded text-xs text-ink-3">Example</summary>
                          <For each={examplesOf(operation)}>
                            {(example) => (
                              <pre class="mt-1 overflow-x-auto rounded bg-sunken p-2 text-xs">{example}</pre>
                            )}
                          </For>
                        </details>
                      </Show>
                    </div>
                    <CopyButton
                      text={toCurl({ method, path }, location.origin)}
                      label={`Copy ${method} ${path} as curl`}
                    />
                  </li>
                )}
              </For>
            </ul>
          </section>
        )}
      </For>
    </div>
  );
}

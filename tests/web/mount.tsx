import { createMemoryHistory, MemoryRouter, Route } from "@solidjs/router";
import { QueryClient, QueryClientProvider } from "@tanstack/solid-query";
import type { Component } from "solid-js";
import { render } from "solid-js/web";
import { onTestFinished } from "vitest";

/** Shows a component until the test ends. */
export function mount(component: Parameters<typeof render>[0]): void {
  const root = document.createElement("div");
  document.body.append(root);
  const dispose = render(component, root);
  onTestFinished(() => {
    dispose();
    root.remove();
  });
}

/** What the API of a page answers, by method and path. */
export type Answers = Readonly<Record<string, (body: unknown) => { status?: number; json: unknown }>>;

const known: Answers = {
  "GET /organizations": () => ({
    json: [{ organization_id: "o1", name: "Org", role: "editor", plan: null }],
  }),
};

/** Shows a page of an application to an editor of its organization, in front of an API that gives these answers. */
export function mountPage(page: Component, answers: Answers, path = ""): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const key = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    const answer = answers[key] ?? known[key];
    if (!answer) return Response.json({ id: "NotFound", title: "Not found", status: 404 }, { status: 404 });
    const { status = 200, json } = answer(await request.json().catch(() => undefined));
    return Response.json(json, { status });
  };
  const history = createMemoryHistory();
  history.set({ value: `/o/o1/a/a1${path}` });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  mount(() => (
    <QueryClientProvider client={client}>
      <main>
        <h1>Page</h1>
        <MemoryRouter history={history}>
          <Route path="*" component={page} />
        </MemoryRouter>
      </main>
    </QueryClientProvider>
  ));
  onTestFinished(() => {
    globalThis.fetch = original;
    client.clear();
  });
}

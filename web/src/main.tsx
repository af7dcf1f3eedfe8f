import { QueryClient, QueryClientProvider } from "@tanstack/solid-query";
import { render } from "solid-js/web";
import "./app.css";
import { ApiProblem } from "./data/problem.ts";
import { Routes } from "./routes.tsx";

const isWorthAnotherTry = (failures: number, error: Error) =>
  failures < 2 && !(error instanceof ApiProblem && error.status < 500);

const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: isWorthAnotherTry, throwOnError: false },
    // Refused where there is no network, instead of sent later when nobody looks any more.
    mutations: { networkMode: "always" },
  },
});

const root = document.getElementById("root");
if (root) {
  render(
    () => (
      <QueryClientProvider client={queryClient}>
        <Routes />
      </QueryClientProvider>
    ),
    root,
  );
}

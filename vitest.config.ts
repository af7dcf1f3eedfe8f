import { defineConfig } from "vitest/config";

/** Integration tests over Neon's driver and a WebSocket bridge, instead of `pg`. */
export const neonProject = (include: string[]) => ({
  test: {
    name: "neon",
    include,
    globalSetup: ["tests/helpers/postgres-setup.ts", "tests/helpers/neon-setup.ts"],
    setupFiles: ["tests/helpers/neon-client.ts"],
    testTimeout: 30_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/helpers/postgres-setup.ts"],
          testTimeout: 20_000,
        },
      },
      neonProject(["tests/integration/{delivery,round-trips,wire-format}.test.ts"]),
      { test: { name: "stacks", include: ["tests/stacks/**/*.test.ts"], testTimeout: 20_000 } },
      {
        test: {
          name: "contract",
          include: ["tests/contract/**/*.test.ts"],
          globalSetup: ["tests/helpers/postgres-setup.ts", "tests/helpers/bundles-setup.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

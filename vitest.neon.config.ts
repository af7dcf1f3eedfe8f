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

/** Every integration test through Neon's driver; `npm test` has a part of them. */
export default defineConfig({ test: { projects: [neonProject(["tests/integration/**/*.test.ts"])] } });

import { defineConfig } from "vitest/config";

/** What needs the deploy tooling (`npm run deploy:install`), which `npm test` does without. */
export default defineConfig({ test: { include: ["tests/deploy/**/*.test.ts"], testTimeout: 120_000 } });

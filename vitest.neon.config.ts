import { defineConfig } from "vitest/config";
import { neonProject } from "./vitest.config.ts";

/** Every integration test through Neon's driver; `npm test` has a part of them. */
export default defineConfig({ test: { projects: [neonProject(["tests/integration/**/*.test.ts"])] } });

import tailwindcss from "@tailwindcss/vite";
import { playwright } from "@vitest/browser-playwright";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { bundledChromium } from "./tests/helpers/chromium.ts";

export default defineConfig(async () => ({
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
      { test: { name: "web", include: ["tests/web/**/*.test.ts"] } },
      {
        plugins: [solid(), tailwindcss()],
        optimizeDeps: { include: ["solid-js/web", "solid-js/store", "axe-core"] },
        test: {
          name: "browser",
          include: ["tests/web/**/*.test.tsx"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await bundledChromium() }),
            instances: [{ browser: "chromium" as const }],
          },
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
      {
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
}));

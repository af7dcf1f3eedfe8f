import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid(), tailwindcss()],
  build: { target: "es2022", assetsInlineLimit: 0, emptyOutDir: true, manifest: true },
  server: {
    port: 5173,
    proxy: Object.fromEntries(["/api", "/local"].map((path) => [path, "http://127.0.0.1:8080"])),
  },
});

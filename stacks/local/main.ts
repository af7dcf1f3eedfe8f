import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

try {
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/columba", import.meta.url)));
  const { startStack } = await import("./stack.ts");
  const stack = await startStack(process.env);
  const stop = () => void stack.stop().then(() => process.exit(0));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  console.log(stack.banner);
} catch (error) {
  console.error(`columba: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

import { startStack } from "./stack.ts";

try {
  const stack = await startStack(process.env);
  const stop = () => void stack.stop().then(() => process.exit(0));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  console.log(stack.banner);
} catch (error) {
  console.error(`columba: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

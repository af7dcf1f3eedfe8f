import { createSignal } from "solid-js";

const TICK_MS = 1_000;
const [now, setNow] = createSignal(Date.now());
setInterval(() => {
  if (document.visibilityState === "visible") setNow(Date.now());
}, TICK_MS);

/** Unix milliseconds, a second exact: what relative times are reckoned from. Reactive. */
export { now };

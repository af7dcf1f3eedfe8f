import FlatQueue from "flatqueue";

export type Simulation = ReturnType<typeof createSimulation>;

/** A clock that jumps from one thing that happens to the next. Times are in seconds. */
export function createSimulation() {
  const queue = new FlatQueue<() => void>();
  let now = 0;
  return {
    now: () => now,
    /** Has `action` happen so many seconds from now. */
    after(seconds: number, action: () => void): void {
      queue.push(action, now + seconds);
    },
    /** Lets happen what is to happen until then. */
    runUntil(end: number): void {
      for (let at = queue.peekValue(); at !== undefined && at <= end; at = queue.peekValue()) {
        now = at;
        queue.pop()?.();
      }
      now = end;
    },
  };
}

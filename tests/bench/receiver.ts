import { createServer } from "node:http";

// A process of its own: an endpoint that answers at once, and tells when each event came. Under /black-hole it never does.

interface Arrival {
  readonly eventId: string;
  readonly atMs: number;
}

let arrivals: Arrival[] = [];
const server = createServer((request, response) => {
  arrivals.push({
    eventId: String(request.headers["x-event-id"]),
    atMs: performance.timeOrigin + performance.now(),
  });
  request.resume();
  if (request.url !== "/black-hole") response.end("ok");
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ address: server.address() }));

setInterval(() => {
  if (arrivals.length === 0) return;
  process.send?.({ arrivals });
  arrivals = [];
}, 10);
process.on("disconnect", () => process.exit());

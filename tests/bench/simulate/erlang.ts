/**
 * Mean seconds that a customer of an M/M/c queue waits before being served (Erlang C). Infinite when more comes than
 * `servers` can serve.
 */
export function meanWaitSeconds(perSecond: number, serviceSeconds: number, servers: number): number {
  const load = perSecond * serviceSeconds;
  if (load >= servers) return Number.POSITIVE_INFINITY;
  // Erlang B by its recurrence, which does not overflow as factorials do.
  let blocked = 1;
  for (let server = 1; server <= servers; server++) blocked = (load * blocked) / (server + load * blocked);
  const waits = (servers * blocked) / (servers - load * (1 - blocked));
  return (waits * serviceSeconds) / (servers - load);
}

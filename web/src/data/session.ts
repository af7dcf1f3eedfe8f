import { createSignal } from "solid-js";

/** What signing in answers (Hook0's LoginResponse). */
export interface Session {
  readonly access_token: string;
  readonly access_token_expiration: string;
  readonly refresh_token: string;
  readonly refresh_token_expiration: string;
  readonly user_id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
}

const KEY = "columba.session";
const [session, setSignal] = createSignal<Session | null>(read());

// Another tab signed in, refreshed or signed out.
addEventListener("storage", (event) => {
  if (event.key === KEY) setSignal(read());
});

/** The session of this browser, or null when nobody is signed in. Reactive. */
export { session };

export function keepSession(next: Session | null): void {
  if (next) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
  setSignal(next);
}

/** What the storage says now: another tab may have refreshed since this one last looked. */
export function readStored(): Session | null {
  return read();
}

function read(): Session | null {
  const text = localStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Session) : null;
}

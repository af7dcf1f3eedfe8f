const KEY = "columba.last-application";

/** Remembers the application that was last looked at, for the next visit. */
export function rememberPlace(path: string): void {
  const application = /^\/o\/[^/]+\/a\/[^/]+/.exec(path)?.[0];
  if (application) localStorage.setItem(KEY, application);
}

export function lastPlace(): string | null {
  return localStorage.getItem(KEY);
}

export function forgetPlace(): void {
  localStorage.removeItem(KEY);
}

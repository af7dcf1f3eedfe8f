/** What only the local stack has: its inspector, and the mail that was not sent. */
export interface CaughtRequest {
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface KeptMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly sent_at: string;
}

/** The JSON list at this path, or null where there is none: a CDN answers with the dashboard's own page. */
async function readList<T>(path: string): Promise<T[] | null> {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const isJson = response.headers.get("content-type")?.includes("application/json");
  return response.ok && isJson ? ((await response.json()) as T[]) : null;
}

export const caughtRequests = () => ({
  queryKey: ["inspector"],
  queryFn: () => readList<CaughtRequest>("/inspector"),
});

export const keptMail = () => ({ queryKey: ["mail"], queryFn: () => readList<KeptMail>("/local/mail") });

export const hasInspector = () => ({
  queryKey: ["has_inspector"],
  queryFn: async () => (await readList("/inspector")) !== null,
  staleTime: Infinity,
  retry: false,
});

export const hasMail = () => ({
  queryKey: ["has_mail"],
  queryFn: async () => (await readList("/local/mail")) !== null,
  staleTime: Infinity,
  retry: false,
});

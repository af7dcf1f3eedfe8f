import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptMail } from "#functions/mailer.ts";

/** The mail kept in this folder, newest first, as JSON; 404 when mail is sent for real. */
export async function keptMail(folder: string | undefined): Promise<Response> {
  if (!folder) return Response.json({ error: "mail is sent, not kept" }, { status: 404 });
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".json"));
  const mails = files
    .toSorted()
    .toReversed()
    .map(
      async (file): Promise<KeptMail> => JSON.parse(await readFile(join(folder, file), "utf8")) as KeptMail,
    );
  return Response.json(await Promise.all(mails));
}

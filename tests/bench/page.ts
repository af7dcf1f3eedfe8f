import { readFile, writeFile } from "node:fs/promises";

/** Puts each table between the comments `<!-- name -->` and `<!-- end -->` of the page. Throws when a mark is missing. */
export async function replaceTables(page: string, tables: Record<string, string>): Promise<void> {
  let text = await readFile(page, "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const [before, rest] = text.split(`<!-- ${name} -->\n`);
    const after = rest?.slice(rest.indexOf("<!-- end -->"));
    if (before === undefined || !after?.startsWith("<!--"))
      throw new Error(`${page} has no place for ${name}`);
    text = `${before}<!-- ${name} -->\n${table}\n${after}`;
  }
  await writeFile(page, text);
}

/** `key=value` lines or a comma list to a map. Throws with the line that is not one. */
export const parseLabels = (text: string) => parsePairs(text, /[\n,]/);

/** `key=value` lines to a map; a value may hold commas. Throws with the line that is not one. */
export const parseLines = (text: string) => parsePairs(text, "\n");

function parsePairs(text: string, separator: string | RegExp): Record<string, string> {
  const entries = text
    .split(separator)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line): [string, string] => {
      const at = line.indexOf("=");
      if (at < 1 || at === line.length - 1) throw new Error(`"${line}" is not key=value`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
  return Object.fromEntries(entries);
}

export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");
}

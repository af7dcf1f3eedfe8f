import { inflate } from "@sparticuz/chromium";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const pkg = fileURLToPath(new URL("..", import.meta.resolve("@sparticuz/chromium")));
const cache = fileURLToPath(new URL("../../node_modules/.cache/chromium/", import.meta.url));

/** Launch options for the Chromium that npm installed: the same browser, fonts and libraries on every machine. */
export async function bundledChromium() {
  const { version } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8")) as { version: string };
  const home = join(cache, version);
  if (!existsSync(home)) await unpack(home);
  return {
    executablePath: join(home, "chromium"),
    args: ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, "al2023", "lib"),
      FONTCONFIG_FILE: join(home, "fonts.conf"),
    },
  };
}

async function unpack(home: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const draft = await mkdtemp(`${home}-`);
  const saved = process.env["TMPDIR"];
  // inflate() writes below os.tmpdir().
  process.env["TMPDIR"] = draft;
  try {
    await Promise.all(
      ["chromium.br", "fonts.tar.br", "al2023.tar.br"].map((file) => inflate(join(pkg, "bin", file))),
    );
  } finally {
    if (saved === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = saved;
  }
  // The fonts.conf in the package names /tmp/fonts; with no font at all Chromium draws no text.
  await writeFile(
    join(draft, "fonts.conf"),
    `<fontconfig><dir>${join(home, "fonts")}</dir><cachedir>${join(home, "font-cache")}</cachedir></fontconfig>`,
  );
  // Two processes may race: the first rename wins and the other draft is thrown away.
  await rename(draft, home).catch(() => rm(draft, { recursive: true }));
}

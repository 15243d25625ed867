import { readFile } from "node:fs/promises";

/** One file of the console's page. */
export interface ConsoleFile {
  readonly contentType: string;
  readonly body: Buffer;
}

const contentTypes: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "console.css": "text/css; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
};

/** The built page's files by name, read when they are first asked for; undefined for any other name. */
export async function consoleFile(name: string): Promise<ConsoleFile | undefined> {
  const contentType = Object.hasOwn(contentTypes, name) ? contentTypes[name] : undefined;
  if (contentType === undefined) return undefined;
  return { contentType, body: await readFile(new URL(`../dist/page/${name}`, import.meta.url)) };
}

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { HotkeepError } from "@hotkeep/core";

/** One line of a file, counted from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

const gzipMagic = [0x1f, 0x8b];

/** Chunks as they are, or unzipped when they begin as gzip does. */
async function* unzipped(source: Readable): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < gzipMagic.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const rest = async function* () {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  if (!gzipMagic.every((byte, at) => head[at] === byte)) {
    yield* rest();
    return;
  }
  const unzip = createGunzip();
  const feed = (async () => {
    for await (const chunk of rest()) {
      if (!unzip.write(chunk)) await new Promise((resolve) => unzip.once("drain", resolve));
    }
    unzip.end();
  })();
  feed.catch((error: Error) => unzip.destroy(error));
  yield* unzip as AsyncIterable<Buffer>;
}

/**
 * The lines of a file, or of standard input for `-`; gzip is unzipped.
 *
 * @throws HotkeepError `UnreadableFile` for what is not there, not UTF-8, cut off, or has a line that is too long
 */
export async function* readLines(path: string, lineBytesMax: number): AsyncGenerator<Line> {
  const name = path === "-" ? "standard input" : path;
  const unreadable = (why: string, cause?: unknown): HotkeepError =>
    new HotkeepError("UnreadableFile", `${name} cannot be read: ${why}`, { cause });
  const source = path === "-" ? process.stdin : createReadStream(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let open = "";
  try {
    for await (const chunk of unzipped(source)) {
      const parts = (open + decoder.decode(chunk, { stream: true })).split("\n");
      open = parts.pop()!;
      for (const text of parts) yield { number: ++number, text };
      if (open.length > lineBytesMax) throw unreadable(`line ${number + 1} has more than ${lineBytesMax} characters`);
    }
    open += decoder.decode();
    if (open !== "") yield { number: ++number, text: open };
  } catch (error) {
    if (error instanceof HotkeepError) throw error;
    const why =
      error instanceof TypeError ? `line ${number + 1} or one after it is not UTF-8` : (error as Error).message;
    throw unreadable(why, error);
  }
}

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { HotkeepError } from "@hotkeep/core";

/** Where lines go. */
export interface LineSink {
  write(text: string): Promise<void>;
  /** Makes what was written count. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

async function writeTo(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}

/** Standard output. @throws HotkeepError `UnwritableFile` when whoever reads it goes away */
export function standardOutput(): LineSink {
  const closed = new Promise<never>((_, reject) => {
    process.stdout.once("error", (cause) => {
      reject(new HotkeepError("UnwritableFile", `standard output was closed: ${cause.message}`, { cause }));
    });
  });
  closed.catch(() => undefined);
  return {
    write: (text) => Promise.race([writeTo(process.stdout, text), closed]),
    finish: async () => {},
    abandon: async () => {},
  };
}

/**
 * A file that is there whole or not at all: it is written under another name beside it, brought to the disk, then
 * renamed. Zipped when its name ends in `.gz`.
 *
 * @throws HotkeepError `UnwritableFile`
 */
export async function outputFile(path: string): Promise<LineSink> {
  const part = `${path}.part`;
  const unwritable = (cause: Error) =>
    new HotkeepError("UnwritableFile", `${path} cannot be written: ${cause.message}`, {
      help: "give another file with --output, or `-` for standard output",
      cause,
    });
  // Items may be secret: for their owner only.
  const file = createWriteStream(part, { mode: 0o600, flush: true });
  await once(file, "open").catch((cause: Error) => {
    throw unwritable(cause);
  });
  const gzip = path.endsWith(".gz") ? createGzip() : undefined;
  gzip?.pipe(file);
  const head: Writable = gzip ?? file;
  const failed = new Promise<never>((_, reject) => {
    for (const stream of [head, file]) stream.on("error", (cause: Error) => reject(unwritable(cause)));
  });
  failed.catch(() => undefined);
  return {
    write: (text) => Promise.race([writeTo(head, text), failed]),
    async finish() {
      head.end();
      await Promise.race([finished(file), failed]);
      await rename(part, path).catch((cause: Error) => {
        throw unwritable(cause);
      });
    },
    async abandon() {
      head.destroy();
      if (!file.destroyed) await once(file.destroy(), "close");
      await rm(part, { force: true });
    },
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { open } from "lmdb";
import { pageBytes, type SpaceName, spaceId } from "./durable-rows.js";
import { Rows, rowEncoding } from "./rows.js";

/** The rows of a data directory as they lie on disk, for reading only. */
export interface StoredRows {
  readonly items: Rows;
  readonly catalog: Rows;
  readonly tokens: Rows;
  readonly streams: Rows;
  close(): Promise<void>;
}

/**
 * Opens the files for reading, beside a process that writes them or after it. Whatever is read in one go, without
 * waiting in between, is of one commit: that of the newest checkpoint, without what only the log has so far. After a
 * power failure the files must have been opened for writing first.
 *
 * @throws HotkeepError `TablesUnusable` when there are no tables, or not all of this version's files.
 */
export function openStoredRows(path: string): StoredRows {
  const unusable = (why: string, cause?: unknown) =>
    new HotkeepError("TablesUnusable", `The tables in \`${path}\` cannot be read: ${why}`, {
      help: "Name a data directory in which a gateway of this version has run.",
      cause,
    });
  if (!existsSync(join(path, "data.mdb"))) throw unusable("there is no `data.mdb`.");
  try {
    const root = open<Buffer, Buffer>({
      path,
      noSubdir: false,
      readOnly: true,
      pageSize: pageBytes,
      maxDbs: 8,
      encoding: "binary",
      keyEncoding: "binary",
    });
    const rows = (name: SpaceName) => {
      // Undefined, against its type, for one that was never made.
      const found: ReturnType<typeof root.openDB<Buffer, Buffer>> | undefined = root.openDB({
        name,
        ...rowEncoding,
      });
      if (found === undefined) throw unusable(`there are no \`${name}\`.`);
      return new Rows(found, spaceId(name));
    };
    return {
      items: rows("items"),
      catalog: rows("catalog"),
      tokens: rows("tokens"),
      streams: rows("streams"),
      close: () => root.close(),
    };
  } catch (error) {
    if (error instanceof HotkeepError) throw error;
    throw unusable(String((error as Error).message), error);
  }
}

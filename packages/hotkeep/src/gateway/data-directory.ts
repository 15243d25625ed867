import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HotkeepError } from "@hotkeep/core";
import { livingProcess, processMark } from "@hotkeep/core/process-mark";

/** The places below a data directory. */
export interface DataDirectory {
  readonly root: string;
  /** LMDB of identities, clusters, networks. */
  readonly state: string;
  /** LMDB of the embedded tables. */
  readonly tables: string;
  /** The key that seals secrets at rest; mode 0600. */
  readonly sealingKey: string;
  /** Shared credentials and configuration files for AWS tools. */
  readonly credentials: string;
  readonly config: string;
  /** The certificate authority's own certificate, for clients to trust. */
  readonly authority: string;
  /** Stands while the documents' world is being made. */
  readonly worldPending: string;
  /** The address range of the stored network. */
  readonly range: string;
  /** What a running gateway tells other commands: endpoint, pid. */
  readonly running: string;
  /** Denials with their reasons, one JSON object a line, for `hotkeep explain`. */
  readonly denials: string;
  /** The audit trail: `management.jsonl`, `data.jsonl` and what came before them. */
  readonly audit: string;
  /** Gives the directory back to the next gateway. */
  release(): void;
  /** As `release`; and where the directory held no data before it was taken, nothing is left of what came since. */
  releaseUndone(): void;
}

/** A data directory that nobody has taken. */
export type DataPlaces = Omit<DataDirectory, "release" | "releaseUndone">;

/** Whether the process that left `text` still runs; this process itself does not stand in its own way. */
function ownerLives(text: string): boolean {
  const pid = livingProcess(text);
  return pid !== undefined && pid !== process.pid;
}

const lockOf = (root: string): string => join(root, "gateway.pid");

/** Whether a living gateway has the directory. */
export function isTaken(root: string): boolean {
  const lock = lockOf(root);
  return existsSync(lock) && ownerLives(readFileSync(lock, "utf8"));
}

/** The places below `root`, without taking possession of them. */
export function dataDirectoryAt(root: string): DataPlaces {
  return {
    root,
    state: join(root, "state"),
    tables: join(root, "tables"),
    sealingKey: join(root, "sealing.key"),
    credentials: join(root, "credentials"),
    config: join(root, "config"),
    authority: join(root, "ca.pem"),
    worldPending: join(root, "world.pending"),
    range: join(root, "vpc-cidr"),
    running: join(root, "running.json"),
    denials: join(root, "denials.jsonl"),
    audit: join(root, "audit"),
  };
}

/**
 * Makes a folder and those above it, and answers which were made, the innermost last. One by one: where a folder cannot be
 * made, as below /proc, Node's recursive way tries again for ever.
 */
function makeFolder(root: string): readonly string[] {
  const missing: string[] = [];
  for (let at = resolve(root); !existsSync(at); at = dirname(at)) missing.unshift(at);
  const made: string[] = [];
  try {
    for (const folder of missing) {
      mkdirSync(folder, { mode: 0o700 });
      made.push(folder);
    }
    // Says so when there is something else than a folder.
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (error) {
    removeFolders(made);
    throw error;
  }
  return made;
}

/** Takes folders away again, the innermost first; one that has got something in it meanwhile stays. */
function removeFolders(made: readonly string[]): void {
  for (const folder of made.toReversed()) {
    try {
      rmdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
      return;
    }
  }
}

/** Everything below a data directory that a gateway makes, but for its lock. */
function contentOf(places: DataPlaces): readonly string[] {
  return Object.values(places).filter((path) => path !== places.root);
}

/**
 * Makes the directory if it is missing (mode 0700) and takes it for this process. A lock left by a gateway that was
 * killed is taken over.
 *
 * @throws HotkeepError `DataDirectoryInUse` when another living gateway has it.
 */
export function takeDataDirectory(root: string): DataDirectory {
  let made: readonly string[];
  try {
    made = makeFolder(root);
  } catch (cause) {
    throw new HotkeepError(
      "DataDirectoryUnusable",
      `\`${root}\` cannot be a data directory: ${(cause as Error).message}`,
      {
        help: "give a directory that may be made and written with --data",
        cause,
      },
    );
  }
  const places = dataDirectoryAt(root);
  const lock = lockOf(root);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(lock, "wx", 0o600);
      writeSync(file, `${processMark(process.pid)}\n`);
      closeSync(file);
      const release = () => rmSync(lock, { force: true });
      // Looked at under the lock: what another gateway has left meanwhile is not ours to take away.
      const wasEmpty = !contentOf(places).some((path) => existsSync(path));
      const releaseUndone = () => {
        if (wasEmpty) for (const path of contentOf(places)) rmSync(path, { recursive: true, force: true });
        release();
        if (wasEmpty) removeFolders(made);
      };
      return { ...places, release, releaseUndone };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = readFileSync(lock, "utf8");
      if (ownerLives(owner)) {
        throw new HotkeepError(
          "DataDirectoryInUse",
          `process ${owner.split(" ")[0]?.trim()} already runs on \`${root}\``,
          {
            help: "stop it, or give another directory with --data",
          },
        );
      }
      rmSync(lock, { force: true });
    }
  }
  throw new HotkeepError("DataDirectoryInUse", `another gateway is starting on \`${root}\``, {
    help: "wait for it, or give another directory with --data",
  });
}

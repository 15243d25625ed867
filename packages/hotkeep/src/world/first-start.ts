import { existsSync, rmSync, writeFileSync } from "node:fs";
import { AwsError, HotkeepError } from "@hotkeep/core";
import type { Identity } from "@hotkeep/identity";
import type { Router, SigningCredentials } from "@hotkeep/protocols";
import type { Configuration } from "../configuration.js";
import { readCredentialsFile, writeCredentialsFile } from "../gateway/credentials-file.js";
import type { DataDirectory } from "../gateway/data-directory.js";
import { createDocumentsWorld } from "./documents-world.js";

async function rootKey(places: DataDirectory, identity: Identity): Promise<SigningCredentials> {
  const kept = existsSync(places.credentials) ? readCredentialsFile(places.credentials).root : undefined;
  if (kept !== undefined) return kept;
  const made = (await identity.ensureRoot()) ?? (await identity.createRootKey());
  writeCredentialsFile(places.credentials, { root: made });
  return made;
}

/** What lies behind an error, as far as its own words do not say it already. */
function reasonsOf({ message, cause }: Error): readonly string[] {
  if (!(cause instanceof Error)) return [];
  // OpenSSL wraps a few words in its own addresses and file names.
  const words = cause.message.replace(/^.*:SSL routines:[^:]*:([^:]+):.*$/s, "TLS: $1");
  return message.includes(cause.message) ? reasonsOf(cause) : [words, ...reasonsOf(cause)];
}

/**
 * Gives an empty data directory its root key and, unless `--empty` was asked for, the documents' world. A secret exists
 * in readable form only in the credentials file written here. A start that is killed on the way is taken up by the
 * next: `worldPending` stands until the world is whole. Answers whether the directory has the world.
 */
export async function prepareFirstStart(
  configuration: Configuration,
  places: DataDirectory,
  identity: Identity,
  router: Router,
): Promise<boolean> {
  const first = !existsSync(places.credentials);
  if (first && !configuration.empty) writeFileSync(places.worldPending, "", { mode: 0o600 });
  const root = await rootKey(places, identity);
  if (existsSync(places.worldPending)) {
    const { account, region } = configuration;
    const { tableEndpoint } = configuration;
    const maker = { router, account, region, rootKey: root, tablesMayBeOthers: tableEndpoint !== undefined };
    const keys = await createDocumentsWorld(maker).catch((cause: unknown) => {
      if (!(cause instanceof AwsError)) throw cause;
      const where = tableEndpoint === undefined ? "" : ` with its table at ${tableEndpoint.url}`;
      const reasons = reasonsOf(cause);
      const why = reasons.length === 0 ? cause.message : `${cause.message} (${reasons.join(": ")})`;
      throw new HotkeepError("WorldNotMade", `the documents' world could not be made${where}: ${why}`, {
        help: "mend that and start again, or start with --empty, which leaves the world out",
        cause,
      });
    });
    writeCredentialsFile(places.credentials, { root, ...keys });
    rmSync(places.worldPending);
  }
  return readCredentialsFile(places.credentials).alice !== undefined;
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { HotkeepError, systemClock, systemRandom } from "@hotkeep/core";
import { openSealer } from "@hotkeep/identity";
import { openLmdbStore } from "@hotkeep/state";
import { forgetAuthority } from "../certificates/authority-store.js";
import { gatewayAuthority } from "../certificates/gateway-certificates.js";
import { type Configuration, readConfiguration } from "../configuration.js";
import { replaceFile } from "../gateway/credentials-file.js";
import { dataDirectoryAt, takeDataDirectory } from "../gateway/data-directory.js";

/** Flags of `hotkeep ca`. */
export interface CaFlags {
  readonly data?: string;
  readonly output?: string;
  readonly renew?: boolean;
  readonly host?: string;
  readonly tlsNames?: string;
}

/** Prints the authority's certificate, or writes it to a file. */
export async function ca(flags: CaFlags): Promise<void> {
  if (flags.renew !== true && (flags.tlsNames !== undefined || flags.host !== undefined)) {
    throw new HotkeepError("BadArgument", "--tls-names and --host change nothing without --renew", {
      help: "add --renew to make a new authority for these names, or leave them out to see the one there is",
    });
  }
  const configuration = readConfiguration(flags, process.env);
  const places = dataDirectoryAt(configuration.dataDirectory);
  if (!existsSync(places.state)) {
    throw new HotkeepError("NoAuthority", `\`${places.root}\` has no certificate authority`, {
      help: "the first start makes one: `npm start`; or name the gateway's data directory with --data",
    });
  }
  if (flags.renew === true || !existsSync(places.authority)) await makeAuthority(configuration, flags.renew === true);
  const text = readFileSync(places.authority, "utf8");
  if (flags.output === undefined) process.stdout.write(text);
  else writeCertificate(flags.output, text);
}

/** @throws HotkeepError `UnwritableFile` */
function writeCertificate(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new HotkeepError("UnwritableFile", `${path} cannot be written: ${(cause as Error).message}`, {
      help: "give another file with --output, or leave it out for standard output",
      cause,
    });
  }
}

/** @throws HotkeepError `DataDirectoryInUse` while a gateway runs */
async function makeAuthority(configuration: Configuration, anew: boolean): Promise<void> {
  const places = takeDataDirectory(configuration.dataDirectory);
  try {
    const store = await openLmdbStore({ path: places.state });
    try {
      const sealer = await openSealer({ keyPath: places.sealingKey });
      if (anew) await forgetAuthority(store);
      const parts = { store, sealer, clock: systemClock, random: systemRandom };
      replaceFile(places.authority, await gatewayAuthority(parts, configuration).certificate());
    } finally {
      await store.close();
    }
  } finally {
    places.release();
  }
}

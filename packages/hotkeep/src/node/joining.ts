import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import {
  connectFeed,
  type FeedAddress,
  formatFeedAddress,
  joinNameOf,
  joinSecretOf,
  type OutsidePlace,
  parseJoinToken,
} from "@hotkeep/control-feed";
import { HotkeepError, type Logger, systemClock, systemRandom } from "@hotkeep/core";

/** By what a node that has joined proves itself from then on. */
export interface NodeCredential {
  readonly nodeId: string;
  readonly token: string;
  readonly feed: string;
}

/** The gateway knows: 8111, or 9111 for a cluster with TLS. */
const portOfCluster = 0;

/** `ADDRESS` or `ADDRESS:PORT`. @throws HotkeepError `BadArgument` */
function readPlace(flag: string, text: string): { readonly address: string; readonly port: number } {
  const [address = "", portText, ...rest] = text.split(":");
  const port = portText === undefined ? portOfCluster : Number(portText);
  const isPort = portText === undefined || (/^\d{1,5}$/.test(portText) && port >= 1 && port <= 65_535);
  if (!isIPv4(address) || rest.length > 0 || !isPort) {
    throw new HotkeepError("BadArgument", `\`${text}\` cannot be given with ${flag}`, {
      help: "give an IPv4 address, with a port if it is not 8111 (with TLS 9111): 10.0.0.5 or 10.0.0.5:8200",
    });
  }
  return { address, port };
}

/** Where a node serves and where clients find it, from `--listen` and `--advertise`. */
export function readOutsidePlace(listen: string, advertise: string | undefined): OutsidePlace {
  const own = readPlace("--listen", listen);
  const shown = advertise === undefined ? own : readPlace("--advertise", advertise);
  if (shown.address === "0.0.0.0") {
    throw new HotkeepError("BadArgument", "clients cannot dial 0.0.0.0", {
      help: "say with --advertise at which address clients reach this node",
    });
  }
  return {
    listenAddress: own.address,
    port: own.port,
    advertiseAddress: shown.address,
    // With an address alone clients come to the port that is listened on.
    advertisePort: advertise === undefined || advertise.includes(":") ? shown.port : own.port,
  };
}

/** Reads a secret that its owner alone may read. @throws HotkeepError `NoSecret`, `OpenSecret` */
function readSecretFile(path: string): string {
  if (!existsSync(path)) {
    throw new HotkeepError("NoSecret", `there is no file \`${path}\``, {
      help: "make a token with `hotkeep token create --cluster NAME` and give its file with --token-file",
    });
  }
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
    throw new HotkeepError("OpenSecret", `others may read \`${path}\``, { help: `run: chmod 600 ${path}` });
  }
  return readFileSync(path, "utf8");
}

/** What was kept of an earlier join to the same gateway; undefined when there is nothing. */
function keptCredential(path: string | undefined, feed: FeedAddress): NodeCredential | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  const kept = JSON.parse(readSecretFile(path)) as NodeCredential;
  return kept.feed === formatFeedAddress(feed) ? kept : undefined;
}

/** What joining takes. */
export interface JoinOptions {
  readonly feed: FeedAddress;
  readonly tokenFile: string | undefined;
  /** Where the credential is kept; in memory alone when absent. */
  readonly credentialFile: string | undefined;
  readonly zone: string | undefined;
  readonly logger: Logger;
}

/**
 * The credential of this node: the one kept from an earlier join, else one that the join token is exchanged for.
 *
 * @throws HotkeepError `JoinRefused`, `JoinTokenInvalid`, `OpenSecret`, and what the gateway says
 */
export async function nodeCredential(options: JoinOptions): Promise<NodeCredential> {
  const kept = keptCredential(options.credentialFile, options.feed);
  if (kept !== undefined) return kept;
  if (options.tokenFile === undefined) {
    throw new HotkeepError("BadArgument", "a node that joins for the first time needs a join token", {
      help: "make one with `hotkeep token create --cluster NAME` and give its file with --token-file",
    });
  }
  const { id, secret } = parseJoinToken(readSecretFile(options.tokenFile));
  const client = connectFeed({
    address: options.feed,
    nodeId: joinNameOf(id),
    token: joinSecretOf(secret),
    clock: systemClock,
    random: systemRandom,
    logger: options.logger,
  });
  try {
    const refused = new Promise<never>((_, reject) => {
      client.onRefused(() => {
        reject(
          new HotkeepError("JoinRefused", `the gateway at ${formatFeedAddress(options.feed)} refuses this join token`, {
            help: "a token is good once and for a limited time: make another with `hotkeep token create`",
          }),
        );
      });
    });
    const zone = options.zone === undefined ? {} : { zone: options.zone };
    const { nodeId, token } = await Promise.race([client.request("join", zone), refused]);
    const credential = { nodeId, token, feed: formatFeedAddress(options.feed) };
    if (options.credentialFile !== undefined) keep(options.credentialFile, credential);
    return credential;
  } finally {
    await client.close();
  }
}

function keep(path: string, credential: NodeCredential): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(credential)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { ClusterView } from "@hotkeep/clusters";
import type { Logger } from "@hotkeep/core";
import type { WebhookSecret } from "./webhook-secrets.js";

/** What a running gateway tells other commands on this machine. */
export interface Running {
  readonly pid: number;
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  /** Where the tables are, when they are not here. */
  readonly tableEndpoint?: string;
  /** Those that clients can reach, or soon can. */
  readonly clusters: readonly { readonly name: string; readonly endpoint: string }[];
  /** Those that have no node yet because somebody else starts their nodes; absent when there are none. */
  readonly waiting?: readonly { readonly name: string; readonly region: string; readonly nodes: number }[];
  /** Where such nodes join, `ADDRESS:PORT`. */
  readonly feed: string;
}

/** What `hotkeep up` says when it is ready. */
export interface Ready extends Running {
  /** Secrets of webhooks that are shown this once; absent when there are none. */
  readonly webhookSecrets?: readonly WebhookSecret[];
}

/** What other commands are told of the clusters. */
export function clustersToTell(clusters: readonly ClusterView[]): Pick<Running, "clusters" | "waiting"> {
  const waiting = clusters
    .filter(({ launch, status, endpoint }) => launch === "external" && status !== "deleting" && endpoint === undefined)
    .map(({ name, region, nodes }) => ({ name, region, nodes: nodes.length }));
  return {
    clusters: clusters.flatMap(({ name, endpoint }) => (endpoint === undefined ? [] : [{ name, endpoint }])),
    ...(waiting.length > 0 && { waiting }),
  };
}

/** Leaves the note at `path`, whole or not at all. */
export function writeRunningFile(path: string, running: Running): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The note at `path`; undefined: none, or none that can be read, so no gateway that is known of there. */
export function readRunningFile(path: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Running;
  } catch {
    return undefined;
  }
}

/** Takes the note away. */
export function removeRunningFile(path: string): void {
  rmSync(path, { force: true });
}

/** The note of a gateway that runs, kept true while its clusters change. */
export class RunningNote {
  readonly #path: string;
  readonly #describe: () => Promise<Running>;
  readonly #logger: Logger;
  #current: Running;
  #stale = false;
  #renewing: Promise<void> | undefined;

  private constructor(path: string, describe: () => Promise<Running>, logger: Logger, current: Running) {
    this.#path = path;
    this.#describe = describe;
    this.#logger = logger;
    this.#current = current;
  }

  static async leave(path: string, describe: () => Promise<Running>, logger: Logger): Promise<RunningNote> {
    const current = await describe();
    writeRunningFile(path, current);
    return new RunningNote(path, describe, logger, current);
  }

  get current(): Running {
    return this.#current;
  }

  /** Something may have changed: looks soon, once for all who say so meanwhile. */
  renew(): void {
    this.#stale = true;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
  }

  async remove(): Promise<void> {
    await this.#renewing;
    removeRunningFile(this.#path);
  }

  async #renew(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      try {
        const next = await this.#describe();
        if (JSON.stringify(next) === JSON.stringify(this.#current)) continue;
        writeRunningFile(this.#path, next);
        this.#current = next;
      } catch (error) {
        this.#logger.error("other commands could not be told what runs", { error });
      }
    }
  }
}

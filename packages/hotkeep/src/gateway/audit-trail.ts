import { join } from "node:path";
import type { NodeUses } from "@hotkeep/clusters";
import type { DenialRecord } from "@hotkeep/control-feed";
import { type Logger, parseArn, type Random, uuid } from "@hotkeep/core";
import {
  type ClusterUse,
  clusterUseEvent,
  type Identity,
  isDataEvent,
  type SignInAnswer,
  type SignInFacts,
  signInEvent,
  type TrailFacts,
  trailEvent,
} from "@hotkeep/identity";
import type { AuditRecord } from "@hotkeep/protocols";
import { LineLog, type LineLogLimits } from "./line-log.js";

/** 128 MiB on disk at the most for each file, weeks of management events. */
export const auditLogLimits: LineLogLimits = {
  fileBytesMax: 16 * 1024 * 1024,
  filesMax: 8,
  waitingBytesMax: 8 * 1024 * 1024,
};

/** What an {@link AuditTrail} is made of. */
export interface AuditTrailOptions {
  /** `management.jsonl` and `data.jsonl` are kept here. */
  readonly directory: string;
  /** Whether calls on items are written as well: they cost a line each. */
  readonly dataEvents: boolean;
  readonly account: string;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * The account's trail: every management call, and data calls on demand, in CloudTrail's record form. Both have files of
 * their own, so that no traffic can push out who changed what.
 */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #management: LineLog;
  readonly #data: LineLog | undefined;
  /** Who stands behind a key. Comes late: identities themselves have something to tell while they are opened. */
  identity: Pick<Identity, "ownerOf"> | undefined;

  constructor(options: AuditTrailOptions) {
    const { directory, logger, dataEvents } = options;
    this.#options = options;
    const problem = (error: unknown) => logger.warn("audit events were lost", { error });
    this.#management = new LineLog(join(directory, "management.jsonl"), problem, auditLogLimits);
    this.#data = dataEvents ? new LineLog(join(directory, "data.jsonl"), problem, auditLogLimits) : undefined;
  }

  /** For the router's `audit`, and identity's. */
  readonly record = (record: AuditRecord): void => {
    const log = isDataEvent(record) ? this.#data : this.#management;
    if (log === undefined) return;
    const owner = record.accessKeyId === undefined ? undefined : this.identity?.ownerOf(record.accessKeyId);
    const event = trailEvent(record, { ...this.#facts(), origin: owner?.origin });
    if (event !== undefined) log.append(event);
  };

  /** The first hop: what callers did on a cluster's nodes. */
  readonly uses = ({ clusterArn, region, uses }: NodeUses): void => {
    for (const use of uses) this.#use({ ...use, clusterArn, region });
  };

  /** A refusal on the first hop. Those on the second are the table endpoint's to tell. */
  readonly denied = ({ hop, accessKeyId, action, at, resource, id, message }: DenialRecord): void => {
    const region = parseArn(resource)?.region;
    if (hop !== "caller" || accessKeyId === undefined || region === undefined) return;
    const denial = { decisionId: id, message };
    this.#use({ accessKeyId, action, at, count: 1, clusterArn: resource, region, denial });
  };

  #use(use: ClusterUse): void {
    if (this.#data === undefined) return;
    const owner = this.identity?.ownerOf(use.accessKeyId);
    if (owner === undefined) return;
    const account = parseArn(use.clusterArn)?.account ?? this.#options.account;
    this.#data.append(clusterUseEvent(use, owner, { ...this.#facts(), account, origin: owner.origin }));
  }

  /** Somebody signed in to the console, or tried to. */
  readonly signIn = (answer: SignInAnswer, who: SignInFacts): void => {
    const event = signInEvent(answer, who, this.#facts());
    if (event !== undefined) this.#management.append(event);
  };

  /** Settles when everything is written. */
  async settle(): Promise<void> {
    await Promise.all([this.#management.settle(), this.#data?.settle()]);
  }

  #facts(): TrailFacts {
    return { eventId: uuid(this.#options.random), account: this.#options.account };
  }
}

import { createHash } from "node:crypto";
import { type Clock, CommonAwsError, type Logger, type Random, type Timer } from "@hotkeep/core";
import { type SessionSecrets, sealingPurpose } from "../directory/callers.js";
import type { Directory } from "../directory/directory.js";
import { expiredSessionMs, sessionsMax, sweepIntervalMs, sweepRecordsMax } from "../limits.js";
import { sessions } from "../records/tables.js";
import type { Records } from "../records/transaction.js";
import type { SessionRecord } from "../records/types.js";
import type { Sealer } from "../sealing/sealer.js";
import { newSecretAccessKey, newSessionKeyId, newSessionToken } from "./secrets.js";

/** What makes a session, apart from its secrets and times. */
export type SessionWish = Omit<SessionRecord, "id" | "sealed" | "sessionTokenSha256" | "issuedAt" | "expiresAt">;

/** New temporary credentials; the only time their secrets are seen. */
export interface IssuedSession extends SessionSecrets {
  readonly accessKeyId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What {@link Sessions} work with. */
export interface SessionParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly sealer: Sealer;
  readonly records: Records;
  readonly directory: Directory;
}

/**
 * Temporary credentials. They are records in the store, their secrets sealed, so that they outlive a restart and end
 * when they are deleted or their user or role is.
 */
export class Sessions {
  readonly #parts: SessionParts;
  #timer: Timer | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** @throws CommonAwsError `Throttling` when too many sessions are alive. */
  async issue(wish: SessionWish, durationSeconds: number): Promise<IssuedSession> {
    const { clock, random, sealer, records, directory } = this.#parts;
    if (directory.sessions.size >= sessionsMax) {
      throw new CommonAwsError("Throttling", `Rate exceeded: ${sessionsMax} sessions are alive. Try again later.`);
    }
    const accessKeyId = newSessionKeyId(random);
    const secrets = { secretAccessKey: newSecretAccessKey(random), sessionToken: newSessionToken(random) };
    // Whole seconds, as the answer prints them.
    const issuedAt = Math.floor(clock.now() / 1000) * 1000;
    const record: SessionRecord = {
      ...wish,
      id: accessKeyId,
      sealed: sealer.seal(JSON.stringify(secrets), sealingPurpose(accessKeyId)),
      sessionTokenSha256: createHash("sha256").update(secrets.sessionToken).digest("hex"),
      issuedAt,
      expiresAt: issuedAt + durationSeconds * 1000,
    };
    await records.edit(async (tx) => tx.put(sessions, accessKeyId, record));
    return { accessKeyId, ...secrets, expiresAt: record.expiresAt };
  }

  async end(accessKeyId: string): Promise<void> {
    if (this.#parts.directory.sessions.get(accessKeyId) === undefined) return;
    await this.#parts.records.edit(async (tx) => tx.delete(sessions, accessKeyId));
  }

  /** The sessions of a user or role that have not run out. */
  alive(ownerId: string): readonly SessionRecord[] {
    const now = this.#parts.clock.now();
    return this.#parts.directory.sessions.where("owner", ownerId).filter(({ expiresAt }) => expiresAt > now);
  }

  /** Sweeps expired sessions, and what `others` names, out of the store from time to time. */
  start(others: () => Promise<void>): void {
    this.#timer = this.#parts.clock.after(sweepIntervalMs, () => {
      this.#sweeping = this.#sweep(others).catch((error: unknown) => {
        this.#parts.logger.error("sweeping expired sessions failed", { error: String(error) });
      });
      this.start(others);
    });
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#sweeping;
  }

  async #sweep(others: () => Promise<void>): Promise<void> {
    const { clock, directory, records } = this.#parts;
    const before = clock.now() - expiredSessionMs;
    const expired: string[] = [];
    for (const { id, expiresAt } of directory.sessions.values()) {
      if (expiresAt > before) continue;
      if (expired.push(id) >= sweepRecordsMax) break;
    }
    if (expired.length > 0) {
      await records.edit(async (tx) => {
        for (const id of expired) tx.delete(sessions, id);
      });
    }
    await others();
  }
}

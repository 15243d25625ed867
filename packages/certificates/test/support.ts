import { type AuthorityRecord, type AuthorityStore, defaultLifetimeMs, openAuthority } from "@hotkeep/certificates";
import { type Clock, ManualClock, systemRandom } from "@hotkeep/core";

/** A store in memory that counts what is asked of it. */
export class MemoryAuthorityStore implements AuthorityStore {
  record: AuthorityRecord | undefined;
  reads = 0;

  async read(): Promise<AuthorityRecord | undefined> {
    this.reads += 1;
    return this.record;
  }

  async add(record: AuthorityRecord): Promise<AuthorityRecord> {
    this.record ??= record;
    return this.record;
  }
}

/** A seal that everybody can look through; that keys are sealed at all is what tests ask. */
export const glassSealer = {
  seal: (plain: string, purpose: string) => `${purpose}|${Buffer.from(plain).toString("base64")}`,
  open: (sealed: string, purpose: string) => {
    const [sealedFor, text] = sealed.split("|");
    if (sealedFor !== purpose) throw new Error("sealed for something else");
    return Buffer.from(text!, "base64").toString();
  },
};

export function authorityFor(
  options: { store?: AuthorityStore; clock?: Clock; permitted?: readonly string[]; lifetimeMs?: number } = {},
) {
  return openAuthority({
    store: options.store ?? new MemoryAuthorityStore(),
    sealer: glassSealer,
    clock: options.clock ?? new ManualClock(Date.now()),
    random: systemRandom,
    permitted: options.permitted ?? [],
    lifetimeMs: options.lifetimeMs ?? defaultLifetimeMs,
  });
}

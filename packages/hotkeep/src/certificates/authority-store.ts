import type { AuthorityRecord, AuthorityStore } from "@hotkeep/certificates";
import type { StateStore } from "@hotkeep/state";

const authorityKey = "certificates/authority";

/** The authority in the state store: of two gateways that make one at the same time, one wins. */
export function authorityInState(store: StateStore): AuthorityStore {
  return {
    async read() {
      return (await store.get(authorityKey))?.value as AuthorityRecord | undefined;
    },
    add: (record) =>
      store.transact(async (transaction) => {
        const had = await transaction.get(authorityKey);
        if (had !== undefined) return had.value as AuthorityRecord;
        transaction.put(authorityKey, record);
        return record;
      }),
  };
}

/** Forgets the authority; the next who asks for one makes another. */
export async function forgetAuthority(store: StateStore): Promise<void> {
  await store.transact(async (transaction) => transaction.delete(authorityKey));
}

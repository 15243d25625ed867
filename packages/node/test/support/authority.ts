import { defaultLifetimeMs, newKeyPair, openAuthority, type ServerCredentials } from "@hotkeep/certificates";
import { systemClock, systemRandom } from "@hotkeep/core";

/** An authority that lives as long as the test. */
export const authority = openAuthority({
  store: { read: async () => undefined, add: async (record) => record },
  sealer: { seal: (plain) => plain, open: (sealed) => sealed },
  clock: systemClock,
  random: systemRandom,
  permitted: [],
  lifetimeMs: defaultLifetimeMs,
});

export const authorityPem = await authority.certificate();

/** Fresh credentials for these names. */
export async function credentialsFor(...names: string[]): Promise<ServerCredentials> {
  const { publicKey, privateKey } = await newKeyPair();
  const { certificate } = await authority.issue({ subject: "test", publicKey, names });
  return { certificate, privateKey };
}

import { networkInterfaces } from "node:os";
import { isPrivateName } from "@hotkeep/certificates";
import type { Configuration } from "../configuration.js";

/** Whether `host` stands for every address of this machine. */
export const isEverywhere = (host: string): boolean => /^(0\.0\.0\.0|::)$/.test(host);

/** Names beyond the private ones that an authority made for this configuration may certify. */
export function permittedNames({ host, tlsNames }: Pick<Configuration, "host" | "tlsNames">): readonly string[] {
  return isEverywhere(host) ? tlsNames : [...tlsNames, host];
}

/**
 * What the gateway's certificate speaks for: this machine, the address it listens on, and what the operator named. Where
 * it listens everywhere, every private address of this machine, too; public ones only by name, because an authority must be made for them.
 */
export function gatewayNames(
  { host, tlsNames }: Pick<Configuration, "host" | "tlsNames">,
  addresses: readonly string[] = machineAddresses(),
): readonly string[] {
  const here = isEverywhere(host) ? addresses.filter(isPrivateName) : [host];
  return [...new Set(["localhost", "127.0.0.1", "::1", ...here, ...tlsNames])];
}

/** Without those that mean another machine on another link. */
function machineAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.map(({ address }) => address).filter((address) => !address.includes("%") && !/^fe80:/i.test(address));
}

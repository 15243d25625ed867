import {
  type CertificateAuthority,
  openAuthority,
  RenewingCertificate,
  type ServerCredentials,
} from "@hotkeep/certificates";
import type { Clock, Logger, Random } from "@hotkeep/core";
import type { Sealer } from "@hotkeep/identity";
import type { StateStore } from "@hotkeep/state";
import type { Configuration } from "../configuration.js";
import { authorityInState } from "./authority-store.js";
import { gatewayNames, permittedNames } from "./gateway-names.js";

/** What the gateway's authority works with. */
export interface GatewayAuthorityParts {
  readonly store: StateStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: Random;
}

/** The authority of a data directory. */
export function gatewayAuthority(
  { store, sealer, clock, random }: GatewayAuthorityParts,
  configuration: Configuration,
): CertificateAuthority {
  return openAuthority({
    store: authorityInState(store),
    sealer,
    clock,
    random,
    permitted: permittedNames(configuration),
    lifetimeMs: configuration.certificateLifetimeMs,
  });
}

/**
 * The gateway's own certificate. `show` gets those that follow the first.
 *
 * @throws HotkeepError what the authority answers
 */
export function gatewayCertificate(
  authority: CertificateAuthority,
  configuration: Configuration,
  parts: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly show: (credentials: ServerCredentials) => void;
  },
): Promise<{ readonly renewing: RenewingCertificate; readonly credentials: ServerCredentials }> {
  const names = gatewayNames(configuration);
  const issue = (publicKey: Uint8Array) => authority.issue({ subject: "Hotkeep gateway", publicKey, names });
  return RenewingCertificate.start({ ...parts, issue });
}

import type { Clock } from "@hotkeep/core";
import {
  type AuthorizeConnectionRequest,
  decodeRequest,
  readAuthorization,
  verifyAuthorization,
} from "@hotkeep/dax-wire";
import type { NodeLimits } from "../limits.js";
import { type Callers, type KnownCaller, tokenBelongs } from "./callers.js";
import { type ClusterFacts, type ConnectionFacts, Identity } from "./identity.js";

/** What came of an authorizeConnection frame; the refusal is for the log, clients get no answer. */
export type Authorization = { readonly identity: Identity } | { readonly refusal: string };

/** What it takes to verify a signature. */
export interface AuthorizeOptions {
  readonly callers: Callers;
  readonly cluster: ClusterFacts;
  readonly clock: Clock;
  readonly limits: Pick<NodeLimits, "authorizationMs" | "clockSkewMs">;
}

/**
 * Verifies an authorizeConnection frame: at once when its access key is known, else after asking the gateway. `facts`
 * has the preamble's user agent, which the frame's own replaces.
 */
export function authorize(
  frame: Buffer,
  facts: ConnectionFacts,
  options: AuthorizeOptions,
): Authorization | Promise<Authorization> {
  const { callers, cluster, clock, limits } = options;
  let request: AuthorizeConnectionRequest;
  try {
    request = decodeRequest(frame) as AuthorizeConnectionRequest;
  } catch (error) {
    return { refusal: (error as Error).message };
  }
  const form = readAuthorization(request);
  if ("failure" in form) return { refusal: form.failure };
  const { claim } = form;
  // Before the gateway is asked: a stranger's Regions and dates must not fill its work or our memory.
  if (claim.region !== cluster.region) return { refusal: `signed for Region ${claim.region}` };
  if (Math.abs(clock.now() - claim.signedAt) > limits.clockSkewMs) {
    return { refusal: "signed too long ago, or in the future" };
  }
  const verify = (known: KnownCaller | undefined): Authorization => {
    if (known === undefined) return { refusal: "no such access key" };
    const now = clock.now();
    const failure = verifyAuthorization(claim, known.signingKey, now, {
      region: cluster.region,
      clockSkewMsMax: limits.clockSkewMs,
    });
    if (failure !== undefined) return { refusal: failure };
    if (!tokenBelongs(known.caller, claim.sessionToken)) return { refusal: "the session token does not fit the key" };
    const leftMs = Math.min(limits.authorizationMs, (known.caller.expiresAt ?? Number.POSITIVE_INFINITY) - now);
    if (leftMs <= 0) return { refusal: "the credentials have expired" };
    const until = clock.monotonic() + leftMs;
    const userAgent = request.userAgent ?? facts.userAgent;
    return { identity: new Identity(known, claim.date, until, { ...facts, userAgent }, cluster) };
  };
  const known = callers.known(claim.accessKeyId, claim.date);
  if (known !== undefined) return verify(known);
  return callers.fetch(claim.accessKeyId, claim.date).then(verify, (error: Error) => ({
    refusal: `the gateway cannot be asked for the access key: ${error.message}`,
  }));
}

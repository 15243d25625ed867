import { type ContextValues, principalName } from "@hotkeep/core";
import { type Decision, decide, denialMessage, principalContext } from "@hotkeep/policy";
import type { ActionVariant } from "./actions.js";
import type { KnownCaller } from "./callers.js";

/** Facts of the connection that condition keys ask for. */
export interface ConnectionFacts {
  readonly sourceIp: string;
  readonly secureTransport: boolean;
  readonly userAgent: string | null;
}

/** Where decisions are made: the cluster. */
export interface ClusterFacts {
  readonly clusterArn: string;
  readonly region: string;
  readonly account: string;
}

/** A refusal by the caller's policies. */
export interface Denial {
  readonly decision: Decision;
  readonly principal: string;
  readonly accessKeyId: string;
  readonly message: string;
}

/**
 * Keys whose values change while a connection lives (lower case). A decision that asked for one of them is made anew
 * for every request; all others hold until the caller changes.
 */
const movingKeys = new Set(["aws:currenttime", "aws:epochtime", "aws:multifactorauthage"]);

/** Who speaks on a connection, for how long, and what it has been found to be allowed. */
export class Identity {
  readonly known: KnownCaller;
  /** Date of the signature, which names the caller's signing key. */
  readonly date: string;
  /** Monotonic time at which the authorisation ends. */
  readonly until: number;
  /** Bits of the {@link ActionVariant}s that were allowed by decisions which hold for the whole connection. */
  allowed = 0;
  readonly #connection: ConnectionFacts;
  readonly #cluster: ClusterFacts;

  constructor(known: KnownCaller, date: string, until: number, connection: ConnectionFacts, cluster: ClusterFacts) {
    this.known = known;
    this.date = date;
    this.until = until;
    this.#connection = connection;
    this.#cluster = cluster;
  }

  /** The same authorisation after the caller has changed: nothing decided before counts. */
  renewed(known: KnownCaller): Identity {
    return new Identity(known, this.date, this.until, this.#connection, this.#cluster);
  }

  /** undefined: allowed. `now` is wall-clock milliseconds. */
  refuses(variant: ActionVariant, now: number): Denial | undefined {
    if ((this.allowed & variant.bit) !== 0) return undefined;
    const { caller, policies } = this.known;
    const decision = decide(
      {
        principal: caller.principal,
        action: variant.action,
        resource: this.#cluster.clusterArn,
        context: this.#context(variant, now),
      },
      policies,
    );
    if (decision.outcome !== "allowed") {
      const { principal, accessKeyId } = caller;
      return { decision, principal: principalName(principal), accessKeyId, message: denialMessage(decision) };
    }
    if (!decision.consultedKeys.some((key) => movingKeys.has(key))) this.allowed |= variant.bit;
    return undefined;
  }

  #context(variant: ActionVariant, now: number): ContextValues {
    const { sourceIp, secureTransport, userAgent } = this.#connection;
    const { mfaAt } = this.known.caller;
    return {
      ...this.known.caller.context,
      ...principalContext(this.known.caller.principal, {
        nowMs: now,
        region: this.#cluster.region,
        secureTransport,
        sourceIp,
        ...(userAgent === null ? {} : { userAgent }),
      }),
      ...(mfaAt === undefined
        ? {}
        : { "aws:MultiFactorAuthAge": String(Math.max(0, Math.floor((now - mfaAt) / 1000))) }),
      "aws:ResourceAccount": this.#cluster.account,
      ...(variant.enclosing === undefined ? {} : { "dax:EnclosingOperation": variant.enclosing }),
    };
  }
}

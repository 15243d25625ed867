import type { Bench } from "../bench.js";
import type { Dialect, Refusal, Spelling } from "../dialects.js";
import type { WireRequest } from "../wire.js";

/** One way to cheat, and what must come of it. */
export interface Forgery {
  readonly title: string;
  readonly refusal: Refusal;
  /** A piece of the message; EC2 says nothing about keys and signatures. */
  readonly words?: string;
  /** Dialects in which it can be tried; all of them if absent. */
  readonly only?: readonly Dialect["service"][];
  /** In these dialects another answer is right. */
  readonly except?: Partial<Readonly<Record<Dialect["service"], Spelling>>>;
  forge(bench: Bench): WireRequest;
}

export const jsonServices = ["dynamodb", "dax"] as const;

export const mismatch = "The request signature we calculated does not match the signature you provided.";
export const unknownKey = "The security token included in the request is invalid";

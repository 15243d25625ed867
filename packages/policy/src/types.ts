import type { ContextValues, Principal } from "@hotkeep/core";

/** Where a policy applies; decides its grammar and its place in the evaluation. */
export type PolicyKind = "identity" | "boundary" | "session" | "trust" | "resource" | "service-control";

/** Which policy it is, for reasons and messages. */
export interface PolicySource {
  readonly kind: PolicyKind;
  /** Managed policy ARN, or the inline policy's name. */
  readonly name: string;
  /** ARN of the user, group, role or resource that carries it. */
  readonly carrier?: string;
}

/** Everything one decision looks at, apart from the policies. */
export interface AuthorizationRequest {
  readonly principal: Principal;
  /** `service:Action` */
  readonly action: string;
  /** ARN or `*` */
  readonly resource: string;
  /** Global and service condition keys together. */
  readonly context: ContextValues;
}

/** Which statement of which policy. */
export interface StatementReference {
  readonly policy: PolicySource;
  readonly sid?: string;
  /** Place in the policy's statement list, from 0. */
  readonly index: number;
}

/** The kinds of outcome, in the words of the IAM documentation. */
export type Outcome = "allowed" | "explicitDeny" | "implicitDeny";

/** A decision and why. Made by the same code that decided; texts are only renderings of it. */
export interface Decision {
  readonly outcome: Outcome;
  readonly request: AuthorizationRequest;
  /** For an implicit deny: the set in which an Allow was missing. For an explicit one: the set with the Deny. */
  readonly deniedBy?: PolicyKind;
  /** Statements that decided: the matching Denies, or the matching Allows. */
  readonly statements: readonly StatementReference[];
  /**
   * Condition keys (lower case) that statements asked for. A decision may be kept as long as the policies and these
   * keys' values stay the same.
   */
  readonly consultedKeys: readonly string[];
}

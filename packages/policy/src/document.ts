/** The two versions of the policy language. Variables exist only in the newer one. */
export type PolicyVersion = "2008-10-17" | "2012-10-17";

/** What a `Principal` element can name. `*` in an `AWS` list means everybody. */
export type PrincipalType = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** One name in a `Principal` or `NotPrincipal` element. The bare element `"*"` is written as `{ type: "AWS", value: "*" }`. */
export interface PrincipalEntry {
  readonly type: PrincipalType;
  readonly value: string;
}

/** A list element together with whether it was the `Not…` form of it. */
export interface ElementList<T> {
  /** True for `NotAction`, `NotResource`, `NotPrincipal`. */
  readonly negated: boolean;
  readonly entries: readonly T[];
}

/** One operator applied to one condition key. Numbers and booleans stand as their JSON text. */
export interface ConditionEntry {
  /** As written, e.g. `ForAllValues:StringLikeIfExists`. */
  readonly operator: string;
  /** As written; compared ignoring case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement, with single values turned into lists. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** Present in trust and resource policies only. */
  readonly principals?: ElementList<PrincipalEntry>;
  readonly actions: ElementList<string>;
  /** Absent in trust policies. */
  readonly resources?: ElementList<string>;
  readonly conditions: readonly ConditionEntry[];
}

/** A policy that passed the grammar of its kind. */
export interface PolicyDocument {
  readonly version: PolicyVersion;
  readonly id?: string;
  readonly statements: readonly PolicyStatement[];
}

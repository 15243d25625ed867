import type { CompiledPolicy } from "./compile.js";

/**
 * The policies that apply to one request. An absent set limits nothing; an empty one allows nothing (a boundary whose
 * policy is gone must not open the door).
 */
export interface PolicySets {
  /** A user's own and its groups' policies, or a role's. Root has none. */
  readonly identity: readonly CompiledPolicy[];
  /** The permissions boundary of the user or role. */
  readonly boundary?: readonly CompiledPolicy[];
  /** The policies passed when the session was made; one set, any of them may allow. */
  readonly session?: readonly CompiledPolicy[];
  /** Policies on the resource; for AssumeRole the role's trust policy. */
  readonly resource?: readonly CompiledPolicy[];
  /** Service control policies level by level (organization, unit, account): every level must allow. */
  readonly serviceControl?: readonly (readonly CompiledPolicy[])[];
}

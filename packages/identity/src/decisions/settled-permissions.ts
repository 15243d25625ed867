import type { PermissionRequest } from "@hotkeep/core";
import type { Decision } from "@hotkeep/policy";
import { settledPermissionsMax } from "../limits.js";

/**
 * Permissions that hang on nothing but caller, action and resource: decided once, good until any policy, user, group or
 * role changes. Nothing of a context need be put together for them.
 *
 * Only what is allowed is kept: a denial is told with its reasons, which the decision finds.
 */
export class SettledPermissions {
  readonly #generation: () => number;
  #keptFor = -1;
  #kept = new Set<string>();

  /** @param generation a number that changes when anything changes that policies are found by */
  constructor(generation: () => number) {
    this.#generation = generation;
  }

  /** Whether the caller's own policies are known to allow this, whatever the context. */
  has(accessKeyId: string, { action, resource }: PermissionRequest): boolean {
    if (this.#keptFor !== this.#generation()) return false;
    return this.#kept.has(keyOf(accessKeyId, action, resource));
  }

  /** Keeps a decision over the caller's own policies, if it is one that can be kept. */
  keep(accessKeyId: string, decision: Decision): void {
    if (accessKeyId === "" || decision.outcome !== "allowed" || decision.consultedKeys.length > 0) return;
    const generation = this.#generation();
    if (this.#keptFor !== generation || this.#kept.size >= settledPermissionsMax) {
      this.#keptFor = generation;
      this.#kept = new Set();
    }
    this.#kept.add(keyOf(accessKeyId, decision.request.action, decision.request.resource));
  }
}

function keyOf(accessKeyId: string, action: string, resource: string): string {
  return `${accessKeyId} ${action} ${resource}`;
}

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
  /** Resources by access key and action. */
  #kept = new Map<string, Map<string, Set<string>>>();
  #count = 0;

  /** @param generation a number that changes when anything changes that policies are found by */
  constructor(generation: () => number) {
    this.#generation = generation;
  }

  /** Whether the caller's own policies are known to allow this, whatever the context. */
  has(accessKeyId: string, { action, resource }: PermissionRequest): boolean {
    if (this.#keptFor !== this.#generation()) return false;
    return this.#kept.get(accessKeyId)?.get(action)?.has(resource) === true;
  }

  /** Keeps a decision over the caller's own policies, if it is one that can be kept. */
  keep(accessKeyId: string, decision: Decision): void {
    if (accessKeyId === "" || decision.outcome !== "allowed" || decision.consultedKeys.length > 0) return;
    const generation = this.#generation();
    if (this.#keptFor !== generation || this.#count >= settledPermissionsMax) {
      this.#keptFor = generation;
      this.#kept = new Map();
      this.#count = 0;
    }
    const { action, resource } = decision.request;
    const actions = this.#kept.get(accessKeyId) ?? new Map<string, Set<string>>();
    const resources = actions.get(action) ?? new Set<string>();
    this.#kept.set(accessKeyId, actions.set(action, resources.add(resource)));
    this.#count++;
  }
}

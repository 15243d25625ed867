import { type CompiledPolicy, compilePolicy, parsePolicy } from "@hotkeep/policy";
import type { StoredPolicy } from "./policy-slot.js";

// Stands for a stored policy that cannot be read: what cannot be judged is refused.
const denyAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}';

/** A policy ready for decisions; the text of a damaged store denies everything. */
export function compileStored(document: string, arn: string, revision: number): CompiledPolicy {
  const source = { kind: "resource", name: `revision ${revision}`, carrier: arn } as const;
  try {
    return compilePolicy(parsePolicy(document, "resource"), source);
  } catch {
    return compilePolicy(parsePolicy(denyAll, "resource"), source);
  }
}

/** The policies in force, by the ARN of the table or stream that carries them. */
export class PolicyBook {
  readonly #inForce = new Map<string, { readonly slot: StoredPolicy; readonly policies: readonly CompiledPolicy[] }>();

  /** Takes over what hangs on a table or stream now. */
  set(arn: string, slot: StoredPolicy | undefined): void {
    if (slot?.document === undefined) this.#inForce.delete(arn);
    else if (this.#inForce.get(arn)?.slot !== slot) {
      this.#inForce.set(arn, { slot, policies: [compileStored(slot.document, arn, slot.revision)] });
    }
  }

  /**
   * The policies that decide about a resource: a table's own for it and its indexes, a stream's own for that. Undefined
   * when there are none.
   */
  on(resource: string): readonly CompiledPolicy[] | undefined {
    if (this.#inForce.size === 0) return undefined;
    const own = this.#inForce.get(resource);
    if (own !== undefined) return own.policies;
    const index = resource.indexOf("/index/");
    return index < 0 ? undefined : this.#inForce.get(resource.slice(0, index))?.policies;
  }
}

import type { Difference } from "./compare.js";

/** A place where DynamoDB Local is known not to be like the service. All patterns given must match. */
export interface KnownDifference {
  readonly id: string;
  /** What the service does, and how that is known. */
  readonly why: string;
  readonly operation?: RegExp;
  readonly kind?: Difference["kind"];
  readonly at?: RegExp;
  readonly reference?: RegExp;
  readonly ours?: RegExp;
}

/** Tells known differences from others, and which of the known ones were met. */
export class KnownDifferences {
  readonly #list: readonly KnownDifference[];
  readonly #met = new Set<string>();

  constructor(list: readonly KnownDifference[]) {
    this.#list = list;
  }

  isKnown(difference: Difference): boolean {
    const known = this.#list.find((one) => matches(one, difference));
    if (known !== undefined) this.#met.add(known.id);
    return known !== undefined;
  }

  /** Entries that no difference so far has needed. */
  notMet(): readonly string[] {
    return this.#list.map(({ id }) => id).filter((id) => !this.#met.has(id));
  }
}

function matches(known: KnownDifference, difference: Difference): boolean {
  if (known.kind !== undefined && known.kind !== difference.kind) return false;
  const { operation, at, reference, ours } = known;
  return (
    (operation?.test(difference.operation) ?? true) &&
    (at?.test(difference.at) ?? true) &&
    (reference?.test(difference.reference) ?? true) &&
    (ours?.test(difference.ours) ?? true)
  );
}

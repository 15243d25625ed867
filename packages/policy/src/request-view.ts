import { type ArnParts, arnParts, canonicalArn } from "./arn-text.js";
import type { AuthorizationRequest } from "./types.js";

/** What a look-up gives for a key whose value is not known (partial evaluation only). */
export const UNKNOWN = Symbol("unknown");

/** A key's value: single, multivalued, absent, or not known. */
export type ContextValue = string | readonly string[] | undefined | typeof UNKNOWN;

/** A condition key as a policy writes it and as keys are compared. */
export interface ContextKey {
  readonly written: string;
  readonly lower: string;
}

export function contextKey(written: string): ContextKey {
  return { written, lower: written.toLowerCase() };
}

/** Decides whether a lower-case key is one of those whose value is not known. */
export type KeyTest = (lower: string) => boolean;

/** Why a statement did not match. */
export type Mismatch = "action" | "principal" | "resource" | { readonly condition: string };

/**
 * One request as statements see it. Remembers which condition keys were looked at, and derives what several statements
 * need (the canonical resource, keys by lower-case name) once and only when asked.
 */
export class RequestView {
  readonly request: AuthorizationRequest;
  readonly actionLower: string;
  readonly consulted: string[] = [];
  /** Unknown keys that were looked at, lower case; may hold one more than once. */
  residual: string[] = [];
  /** Set when a statement does not match, for explanations. */
  mismatch: Mismatch = "action";
  readonly #unknown: KeyTest | undefined;
  #resource: string | undefined | null = null;
  #parts: ArnParts | undefined;
  #byLowerName: Map<string, string | readonly string[]> | undefined;

  constructor(request: AuthorizationRequest, unknown?: KeyTest) {
    this.request = request;
    this.actionLower = request.action.toLowerCase();
    this.#unknown = unknown;
  }

  /** The request's ARN in canonical letter case; undefined when it has no resource (`*`) or one that is not an ARN. */
  get resource(): string | undefined {
    if (this.#resource === null) this.#resource = canonicalArn(this.request.resource);
    return this.#resource;
  }

  /** The parts of {@link resource}; only to be asked for when there is one. */
  get resourceParts(): ArnParts {
    this.#parts ??= arnParts(this.resource!);
    return this.#parts;
  }

  lookUp(key: ContextKey): ContextValue {
    if (!this.consulted.includes(key.lower)) this.consulted.push(key.lower);
    if (this.#unknown?.(key.lower) === true) {
      this.residual.push(key.lower);
      return UNKNOWN;
    }
    const { context } = this.request;
    // Nearly always policy and request spell a key alike; only else is the whole context looked through.
    if (Object.hasOwn(context, key.written)) return context[key.written];
    if (this.#byLowerName === undefined) {
      this.#byLowerName = new Map();
      for (const name of Object.keys(context)) this.#byLowerName.set(name.toLowerCase(), context[name]!);
    }
    return this.#byLowerName.get(key.lower);
  }
}

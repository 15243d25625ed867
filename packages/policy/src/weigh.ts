import type { Principal } from "@hotkeep/core";
import type { CompiledPolicy } from "./compile.js";
import type { PolicySets } from "./policy-sets.js";
import { ACCOUNT, DIRECT, EVERYBODY, NOBODY, type PrincipalForm, ROLE } from "./principal-match.js";
import type { Mismatch, RequestView } from "./request-view.js";
import { type CompiledStatement, matchStatement } from "./statement.js";
import { and, MAYBE, NO, not, or, type Tri, YES } from "./tri.js";
import type { PolicyKind, StatementReference } from "./types.js";

/** Sees every statement as it is weighed; for explanations. `why` is set when it does not match. */
export type Witness = (statement: CompiledStatement, result: Tri, why: Mismatch | undefined) => void;

/** What can be asked of the resource's policies besides the usual. */
export interface WeighOptions {
  /** The role's trust policy must agree: identity policies alone never suffice. */
  readonly trust?: boolean;
  readonly federatedProvider?: string | undefined;
  readonly witness?: Witness;
}

/** The outcome of putting all policies on the scales. */
export interface Weight {
  readonly allowed: Tri;
  /** Whether some Deny matches. */
  readonly denied: Tri;
  /** Where it failed; meaningful when `allowed` is not YES. */
  readonly deniedBy: PolicyKind;
  readonly denies: readonly StatementReference[];
  readonly allows: readonly StatementReference[];
  /** Statements of which it is not known whether they match. */
  readonly open: readonly StatementReference[];
}

const none: readonly StatementReference[] = [];

/** Collects what statements say, set by set. */
class Scales {
  denied: Tri = NO;
  deniedBy: PolicyKind | undefined;
  denies: StatementReference[] | undefined;
  allows: StatementReference[] | undefined;
  open: StatementReference[] | undefined;
  readonly #view: RequestView;
  readonly #options: WeighOptions;

  constructor(view: RequestView, options: WeighOptions) {
    this.#view = view;
    this.#options = options;
  }

  /** Whether a set of policies that hang on the caller allows the request. */
  set(policies: readonly CompiledPolicy[]): Tri {
    let allowed: Tri = NO;
    for (const policy of policies) {
      for (const statement of policy.statements) {
        const result = matchStatement(statement, this.#view);
        this.#options.witness?.(statement, result, result === NO ? this.#view.mismatch : undefined);
        if (result === NO) continue;
        this.#note(statement, result);
        if (!statement.deny) allowed = or(allowed, result);
      }
    }
    return allowed;
  }

  /** In which forms policies that hang on the resource allow the request: one truth value a {@link PrincipalForm}. */
  resourceSet(policies: readonly CompiledPolicy[], principal: Principal): Tri[] {
    const forms: Tri[] = [NO, NO, NO, NO, NO];
    for (const policy of policies) {
      for (const statement of policy.statements) {
        const form: PrincipalForm = statement.principals?.(principal, this.#options.federatedProvider) ?? NOBODY;
        const result = form === NOBODY ? NO : matchStatement(statement, this.#view);
        const why = form === NOBODY ? "principal" : this.#view.mismatch;
        this.#options.witness?.(statement, result, result === NO ? why : undefined);
        if (result === NO) continue;
        this.#note(statement, result);
        if (!statement.deny) forms[form] = or(forms[form]!, result);
      }
    }
    return forms;
  }

  #note(statement: CompiledStatement, result: Tri): void {
    const { reference } = statement;
    if (result === MAYBE) {
      this.open ??= [];
      this.open.push(reference);
    }
    if (statement.deny) {
      this.denied = or(this.denied, result);
      if (result === MAYBE) return;
      this.deniedBy ??= reference.policy.kind;
      this.denies ??= [];
      this.denies.push(reference);
    } else if (result === YES) {
      this.allows ??= [];
      this.allows.push(reference);
    }
  }
}

const ACCOUNT_ID = /^\d{12}$/;

/** Whether the resource lies in another account than the caller: then both accounts must allow. */
function crossesAccounts(principal: Principal, resource: string): boolean {
  if (!("account" in principal)) return false;
  let start = 0;
  for (let colon = 0; colon < 4; colon++) {
    start = resource.indexOf(":", start) + 1;
    if (start === 0) return false;
  }
  if (resource.startsWith(principal.account, start) && resource[start + principal.account.length] === ":") return false;
  return ACCOUNT_ID.test(resource.slice(start, resource.indexOf(":", start)));
}

/** The first link of a chain that does not hold, or the last one. */
function firstMissing(links: readonly (readonly [PolicyKind, Tri])[]): PolicyKind {
  return (links.find(([, holds]) => holds !== YES) ?? links.at(-1)!)[0];
}

/**
 * Puts every policy that applies on the scales. Each statement is weighed once, in the order identity, boundary,
 * session, resource, service control, which is also the order in which explicit denies are reported (ours).
 */
export function weigh(view: RequestView, sets: PolicySets, options: WeighOptions = {}): Weight {
  const { principal, resource } = view.request;
  const scales = new Scales(view, options);
  const root = principal.kind === "root";
  const callerSide = !root && principal.kind !== "service" && principal.kind !== "anonymous";

  // Root has neither identity policies nor a boundary; services and strangers have no policies of their own at all.
  const identity = root ? YES : callerSide ? scales.set(sets.identity) : NO;
  const boundary = callerSide && sets.boundary !== undefined ? scales.set(sets.boundary) : YES;
  // A GetFederationToken session without a session policy has no permissions (documented).
  const noSession = principal.kind === "federated-user" ? NO : YES;
  const session = (root || callerSide) && sets.session !== undefined ? scales.set(sets.session) : noSession;
  const forms = sets.resource === undefined ? undefined : scales.resourceSet(sets.resource, principal);
  let control: Tri = YES;
  for (const level of sets.serviceControl ?? []) control = and(control, scales.set(level));

  const direct = forms?.[DIRECT] ?? NO;
  const everybody = forms?.[EVERYBODY] ?? NO;
  const byRole = forms?.[ROLE] ?? NO;
  const byAccount = forms?.[ACCOUNT] ?? NO;
  const anyForm = or(or(direct, everybody), or(byRole, byAccount));
  const limits = and(boundary, session);

  let allowed: Tri;
  let deniedBy: PolicyKind;
  const limitLinks = [
    ["boundary", boundary],
    ["session", session],
  ] as const;
  if (options.trust === true) {
    // `*` in a trust policy means everybody in the role's own account; elsewhere and for services it grants nothing.
    const home = callerSide && !crossesAccounts(principal, resource);
    const outright = or(direct, home ? everybody : NO);
    const delegated = and(and(anyForm, identity), limits);
    allowed = callerSide ? or(home ? or(outright, and(byRole, limits)) : NO, delegated) : root ? NO : outright;
    const named = callerSide ? anyForm : outright;
    const viaIdentity = home ? or(identity, byRole) : identity;
    deniedBy = named === NO ? "trust" : firstMissing([["identity", viaIdentity], ...limitLinks]);
    if (root || !callerSide) deniedBy = "trust";
  } else if (crossesAccounts(principal, resource)) {
    allowed = and(anyForm, and(identity, limits));
    deniedBy = firstMissing([["identity", identity], ...limitLinks, ["resource", anyForm]]);
  } else if (callerSide || root) {
    allowed = root ? session : or(or(direct, everybody), and(or(identity, byRole), limits));
    deniedBy = firstMissing([["identity", or(identity, byRole)], ...limitLinks]);
  } else {
    allowed = or(direct, everybody);
    deniedBy = "resource";
  }
  if (control !== YES) deniedBy = "service-control";

  return {
    allowed: and(and(allowed, control), not(scales.denied)),
    denied: scales.denied,
    deniedBy: scales.deniedBy ?? deniedBy,
    denies: scales.denies ?? none,
    allows: scales.allows ?? none,
    open: scales.open ?? none,
  };
}

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

/** What each set says, and how the resource's policies name the caller. */
interface Standing {
  readonly identity: Tri;
  readonly boundary: Tri;
  readonly session: Tri;
  readonly direct: Tri;
  readonly everybody: Tri;
  readonly byRole: Tri;
  readonly byAccount: Tri;
}

/** Which rule holds: for a role's trust policy, between accounts, for callers of this account, or for strangers. */
type Rule = "trust" | "cross-account" | "root" | "caller" | "stranger";

const anyForm = ({ direct, everybody, byRole, byAccount }: Standing): Tri =>
  or(or(direct, everybody), or(byRole, byAccount));

/** Whether everything but service control policies and Denies is in favour. `home`: a caller of the role's own account. */
function allowedUnder(rule: Rule, standing: Standing, home: boolean, callerSide: boolean): Tri {
  const { identity, boundary, session, direct, everybody, byRole } = standing;
  const limits = and(boundary, session);
  switch (rule) {
    case "trust": {
      // `*` in a trust policy means everybody in the role's own account; elsewhere and for services it grants nothing.
      if (!callerSide) return direct;
      const delegated = and(and(anyForm(standing), identity), limits);
      return home ? or(or(or(direct, everybody), and(byRole, limits)), delegated) : delegated;
    }
    case "cross-account":
      return and(anyForm(standing), and(identity, limits));
    case "root":
      return session;
    case "caller":
      return or(or(direct, everybody), and(or(identity, byRole), limits));
    case "stranger":
      return or(direct, everybody);
  }
}

/** The first set that is not in favour, in the order in which the rule asks them. */
function missingUnder(rule: Rule, standing: Standing, home: boolean, callerSide: boolean): PolicyKind {
  const { identity, boundary, session, byRole } = standing;
  if (rule === "stranger") return "resource";
  if (rule === "trust" && (!callerSide || anyForm(standing) === NO)) return "trust";
  const viaIdentity = rule === "cross-account" || (rule === "trust" && !home) ? identity : or(identity, byRole);
  if (viaIdentity !== YES) return "identity";
  if (boundary !== YES) return "boundary";
  if (session !== YES) return "session";
  return rule === "cross-account" ? "resource" : "session";
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

  const standing: Standing = {
    identity,
    boundary,
    session,
    direct: forms?.[DIRECT] ?? NO,
    everybody: forms?.[EVERYBODY] ?? NO,
    byRole: forms?.[ROLE] ?? NO,
    byAccount: forms?.[ACCOUNT] ?? NO,
  };
  const foreign = crossesAccounts(principal, resource);
  const rule: Rule =
    options.trust === true ? "trust" : foreign ? "cross-account" : root ? "root" : callerSide ? "caller" : "stranger";
  const home = callerSide && !foreign;
  // Root may never assume a role (observed).
  const granted = root && rule === "trust" ? NO : allowedUnder(rule, standing, home, callerSide);
  const allowed = and(and(granted, control), not(scales.denied));
  return {
    allowed,
    denied: scales.denied,
    deniedBy:
      scales.deniedBy ??
      (control !== YES
        ? "service-control"
        : allowed === YES
          ? "identity"
          : missingUnder(rule, standing, home, callerSide)),
    denies: scales.denies ?? none,
    allows: scales.allows ?? none,
    open: scales.open ?? none,
  };
}

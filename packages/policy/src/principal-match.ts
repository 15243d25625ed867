import type { Principal } from "@hotkeep/core";
import type { ElementList, PrincipalEntry } from "./document.js";

/**
 * How a resource policy names the caller, from weak to strong. It decides what else limits an Allow (documented for
 * resource policies): an account only delegates to its own policies, a role stays limited by boundary and session
 * policy, a user, a session or a service is granted outright.
 */
export const NOBODY = 0;
export const ACCOUNT = 1;
export const ROLE = 2;
export const EVERYBODY = 3;
export const DIRECT = 4;

export type PrincipalForm = typeof NOBODY | typeof ACCOUNT | typeof ROLE | typeof EVERYBODY | typeof DIRECT;

/** Says in which form a `Principal` element names a caller. */
export type PrincipalTest = (principal: Principal, federatedProvider: string | undefined) => PrincipalForm;

function awsForm(value: string, principal: Principal): PrincipalForm {
  if (value === "*") return EVERYBODY;
  if (principal.kind === "service" || principal.kind === "anonymous") return NOBODY;
  if (value === principal.account || value === `arn:aws:iam::${principal.account}:root`) return ACCOUNT;
  switch (principal.kind) {
    case "root":
      return NOBODY;
    case "user":
      return value === principal.arn || value === principal.id ? DIRECT : NOBODY;
    case "role-session":
      if (value === principal.arn) return DIRECT;
      return value === principal.roleArn || value === principal.roleId ? ROLE : NOBODY;
    case "federated-user":
      return value === principal.arn ? DIRECT : NOBODY;
  }
}

function entryForm(entry: PrincipalEntry, principal: Principal, provider: string | undefined): PrincipalForm {
  switch (entry.type) {
    case "AWS":
      return awsForm(entry.value, principal);
    case "Service":
      return principal.kind === "service" && principal.service === entry.value ? DIRECT : NOBODY;
    case "Federated":
      return provider !== undefined && (entry.value === provider || entry.value === "*") ? DIRECT : NOBODY;
    case "CanonicalUser":
      return NOBODY;
  }
}

/** Prepares a `Principal` or `NotPrincipal` element. */
export function compilePrincipals({ negated, entries }: ElementList<PrincipalEntry>): PrincipalTest {
  return (principal, provider) => {
    let best: PrincipalForm = NOBODY;
    for (const entry of entries) {
      const form = entryForm(entry, principal, provider);
      if (form > best) best = form;
    }
    if (!negated) return best;
    return best === NOBODY ? EVERYBODY : NOBODY;
  };
}

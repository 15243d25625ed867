import { type PrincipalEntry, parsePolicy, principalsOf, replacePrincipals } from "@hotkeep/policy";
import type { Decider } from "../decisions/decider.js";
import type { PolicyPrincipals } from "../face.js";
import type { Directory } from "./directory.js";

const iamEntity = /^arn:[a-z-]+:iam::\d{12}:(user|role)\/.+$/;
const uniqueId = /^A(?:IDA|ROA)[A-Z0-9]+$/;

/**
 * The unique id behind a user's or role's ARN; undefined for principals that keep their form, empty for a user or role
 * that does not exist.
 */
function idOf(directory: Directory, { type, value }: PrincipalEntry): string | undefined {
  const kind = type === "AWS" ? iamEntity.exec(value)?.[1] : undefined;
  if (kind === undefined) return undefined;
  const home = directory.neighbours.directoryOf(value) ?? directory;
  return (kind === "user" ? home.userByArn(value) : home.roleByArn(value))?.id ?? "";
}

/** The first principal of a policy that names a user or role which does not exist. */
export function unknownPrincipal(
  directory: Directory,
  text: string,
  kind: "trust" | "resource",
): PrincipalEntry | undefined {
  return principalsOf(parsePolicy(text, kind)).find((entry) => {
    const { type, value } = entry;
    const unknownId = type === "AWS" && uniqueId.test(value) && directory.neighbours.arnOf(value) === undefined;
    return unknownId || idOf(directory, entry) === "";
  });
}

/**
 * A policy with user and role ARNs as unique ids, so that an entity that is made anew under an old name does not
 * inherit what the old one had (documented).
 */
export function bindPrincipals(directory: Directory, text: string): string {
  return replacePrincipals(text, (entry) => idOf(directory, entry));
}

/** A policy as it is shown: ids as ARNs while their entities exist, as ids afterwards (documented). */
export function showPrincipals(directory: Directory, stored: string): string {
  return replacePrincipals(stored, ({ type, value }) =>
    type === "AWS" && uniqueId.test(value) ? directory.neighbours.arnOf(value) : undefined,
  );
}

/** What this account's identities know of policies on resources of other rooms. */
export function policyPrincipals(directory: Directory, decider: Decider): PolicyPrincipals {
  return {
    bind: (text) =>
      unknownPrincipal(directory, text, "resource") === undefined ? bindPrincipals(directory, text) : undefined,
    show: (text) => showPrincipals(directory, text),
    wouldAllow: (call, request, policies) => decider.decideUnder(call, request, policies).outcome === "allowed",
  };
}

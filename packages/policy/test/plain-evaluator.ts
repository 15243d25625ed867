import type { ContextValues, Principal } from "@hotkeep/core";
import type { Outcome } from "@hotkeep/policy";

/**
 * A second evaluator, written from the rules alone and as plainly as possible: no compiling, no sharing with the real
 * one. It reads statements as JSON and knows only what the generated policies use.
 */

export type PlainPrincipals = "*" | { readonly AWS?: string[]; readonly Service?: string[] };

export interface PlainStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource?: string[];
  readonly NotResource?: string[];
  readonly Principal?: PlainPrincipals;
  readonly NotPrincipal?: PlainPrincipals;
  readonly Condition?: Record<string, Record<string, string[]>>;
}

export interface PlainSets {
  readonly identity: PlainStatement[];
  readonly boundary?: PlainStatement[] | undefined;
  readonly session?: PlainStatement[] | undefined;
  readonly resource?: PlainStatement[] | undefined;
  readonly serviceControl?: PlainStatement[][] | undefined;
}

export interface PlainRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: ContextValues;
}

function wild(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") return wild(pattern.slice(1), text) || (text !== "" && wild(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && wild(pattern.slice(1), text.slice(1));
}

function contextValue(context: ContextValues, key: string): string | readonly string[] | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

/** Fills variables in; wildcards in values become impossible characters first, so that they stay plain. */
function fill(text: string, context: ContextValues): string | undefined {
  let failed = false;
  const filled = text.replace(/\$\{([^}]+)\}/g, (_all, key: string) => {
    const value = contextValue(context, key);
    if (typeof value !== "string") failed = true;
    return String(value).replaceAll("*", "\u0001").replaceAll("?", "\u0002");
  });
  return failed ? undefined : filled;
}

const shield = (text: string) => text.replaceAll("*", "\u0001").replaceAll("?", "\u0002");

function resourceFits(pattern: string, resource: string, context: ContextValues, pad: boolean): boolean {
  if (pattern === "*") return true;
  if (resource === "*") return false;
  const filled = fill(pattern, context);
  if (filled === undefined || (!pad && pattern.split(":").length < 6)) return false;
  const cut = (text: string) => {
    const parts = text.split(":");
    while (parts.length < 6) parts.push("*");
    return [...parts.slice(0, 5).map((part) => part.toLowerCase()), parts.slice(5).join(":")];
  };
  const [left, right] = [cut(filled), cut(shield(resource))];
  if (left[2] === "dax") for (const parts of [left, right]) parts[5] = parts[5]!.toLowerCase();
  return left.every((part, place) => wild(part, right[place]!));
}

/** Digits are epoch seconds, everything else is what JavaScript's own parser makes of it. */
const instant = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

/** Bit for bit, as text. */
function inNetwork(network: string, address: string): boolean {
  const bits = (text: string) =>
    text
      .split(".")
      .map((octet) => Number(octet).toString(2).padStart(8, "0"))
      .join("");
  const [base, length = "32"] = network.split("/") as [string, string?];
  return bits(address).slice(0, Number(length)) === bits(base).slice(0, Number(length));
}

function arnLike(pattern: string, actual: string): boolean {
  const cut = (text: string) => [...text.split(":").slice(0, 5), text.split(":").slice(5).join(":")];
  if (pattern.split(":").length < 6 || actual.split(":").length < 6) return false;
  const [left, right] = [cut(pattern), cut(shield(actual))];
  return left.every((part, place) => wild(part, right[place]!));
}

function one(operator: string, expected: string, actual: string, context: ContextValues): boolean {
  const filled = fill(expected, context);
  switch (operator) {
    case "StringEquals":
    case "StringNotEquals":
      return filled !== undefined && shield(filled) === shield(actual);
    case "StringLike":
    case "StringNotLike":
      return filled !== undefined && wild(filled, shield(actual));
    case "StringEqualsIgnoreCase":
    case "StringNotEqualsIgnoreCase":
      return filled !== undefined && shield(filled).toLowerCase() === shield(actual).toLowerCase();
    case "NumericEquals":
    case "NumericNotEquals":
      return Number(actual) === Number(expected);
    case "NumericLessThan":
      return Number(actual) < Number(expected);
    case "NumericLessThanEquals":
      return Number(actual) <= Number(expected);
    case "NumericGreaterThan":
      return Number(actual) > Number(expected);
    case "NumericGreaterThanEquals":
      return Number(actual) >= Number(expected);
    case "DateEquals":
    case "DateNotEquals":
      return instant(actual) === instant(expected);
    case "DateLessThan":
      return instant(actual) < instant(expected);
    case "DateLessThanEquals":
      return instant(actual) <= instant(expected);
    case "DateGreaterThan":
      return instant(actual) > instant(expected);
    case "DateGreaterThanEquals":
      return instant(actual) >= instant(expected);
    case "IpAddress":
    case "NotIpAddress":
      return inNetwork(expected, actual);
    case "ArnEquals":
    case "ArnLike":
    case "ArnNotEquals":
    case "ArnNotLike":
      return filled !== undefined && arnLike(filled, actual);
    case "BinaryEquals":
      return Buffer.from(expected, "base64").equals(Buffer.from(actual, "base64"));
    case "Bool":
      return filled?.toLowerCase() === actual.toLowerCase() && /^(true|false)$/i.test(actual);
    default:
      throw new Error(`The plain evaluator does not know ${operator}.`);
  }
}

function conditionMet(name: string, key: string, expected: string[], context: ContextValues): boolean {
  const actual = contextValue(context, key);
  const absent = actual === undefined || (Array.isArray(actual) && actual.length === 0);
  if (name === "Null") return expected.some((text) => text.toLowerCase() === String(absent));
  const ifExists = name.endsWith("IfExists");
  const [qualifier, operator] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(?:IfExists)?$/.exec(name)!.slice(1) as [
    string | undefined,
    string,
  ];
  const negated = operator.includes("Not");
  if (absent) {
    if (ifExists) return true;
    if (qualifier === "ForAllValues") return true;
    if (qualifier === "ForAnyValue") return false;
    return negated;
  }
  const fits = (value: string) => {
    const found = expected.some((text) => one(operator, text, value, context));
    return negated ? !found : found;
  };
  const values = typeof actual === "string" ? [actual] : actual;
  if (qualifier === "ForAllValues") return values.every(fits);
  if (qualifier === "ForAnyValue") return values.some(fits);
  return typeof actual === "string" && fits(actual);
}

export function fits(statement: PlainStatement, request: PlainRequest): boolean {
  const { action, resource, context } = request;
  // Only policies on identities may cut an ARN short.
  const pad = statement.Principal === undefined && statement.NotPrincipal === undefined;
  const actionIn = (list: string[]) => list.some((entry) => wild(entry.toLowerCase(), action.toLowerCase()));
  const resourceIn = (list: string[]) => list.some((entry) => resourceFits(entry, resource, context, pad));
  if (statement.Action !== undefined && !actionIn(statement.Action)) return false;
  if (statement.NotAction !== undefined && actionIn(statement.NotAction)) return false;
  if (statement.Resource !== undefined && !resourceIn(statement.Resource)) return false;
  if (statement.NotResource !== undefined && resourceIn(statement.NotResource)) return false;
  return Object.entries(statement.Condition ?? {}).every(([name, keys]) =>
    Object.entries(keys).every(([key, expected]) => conditionMet(name, key, expected, context)),
  );
}

type Form = "direct" | "role" | "account" | undefined;

function formOf(statement: PlainStatement, principal: Principal): Form {
  if (statement.NotPrincipal !== undefined) {
    return formOfName(statement.NotPrincipal, principal) === undefined ? "direct" : undefined;
  }
  return statement.Principal === undefined ? undefined : formOfName(statement.Principal, principal);
}

function formOfName(named: PlainPrincipals, principal: Principal): Form {
  if (named === "*" || named.AWS?.includes("*")) return "direct";
  if (principal.kind === "service") return named.Service?.includes(principal.service) ? "direct" : undefined;
  if (principal.kind === "anonymous") return undefined;
  const aws = named.AWS ?? [];
  if (principal.kind !== "root" && aws.includes(principal.arn)) return "direct";
  if (principal.kind === "role-session" && aws.includes(principal.roleArn)) return "role";
  return aws.includes(principal.account) ? "account" : undefined;
}

/** The statements of every set that fit a request, as far as the sets concern its principal. */
function fitting(request: PlainRequest, sets: PlainSets) {
  const { principal } = request;
  const matching = (list: PlainStatement[] | undefined) => (list ?? []).filter((entry) => fits(entry, request));
  const ownPolicies =
    principal.kind === "user" || principal.kind === "role-session" || principal.kind === "federated-user";
  const identity = ownPolicies ? matching(sets.identity) : [];
  const boundary = ownPolicies ? matching(sets.boundary) : [];
  const session = ownPolicies || principal.kind === "root" ? matching(sets.session) : [];
  const resource = matching(sets.resource).filter((entry) => formOf(entry, principal) !== undefined);
  const control = (sets.serviceControl ?? []).map((level) => matching(level));
  const everything = [...identity, ...boundary, ...session, ...resource, ...control.flat()];
  return {
    ownPolicies,
    identity,
    boundary,
    session,
    denied: everything.some(({ Effect }) => Effect === "Deny"),
    controlled: control.some((level) => level.length === 0),
    forms: resource.map((entry) => formOf(entry, principal)),
    foreign: isForeign(request),
  };
}

function isForeign({ principal, resource }: PlainRequest): boolean {
  const owner = resource.split(":")[4] ?? "";
  return "account" in principal && /^\d{12}$/.test(owner) && owner !== principal.account;
}

/** Whether boundary and session policies leave a caller room. */
function within(sets: PlainSets, { principal }: PlainRequest, found: ReturnType<typeof fitting>): boolean {
  const bounded = sets.boundary === undefined || principal.kind === "root" || found.boundary.length > 0;
  const inSession = sets.session === undefined ? principal.kind !== "federated-user" : found.session.length > 0;
  return bounded && inSession;
}

/** Decides as the reference's pseudo-code does; a resource of another account needs both accounts' word. */
export function plainDecide(request: PlainRequest, sets: PlainSets): Outcome {
  const { principal } = request;
  const found = fitting(request, sets);
  const { ownPolicies, identity, forms } = found;
  if (found.denied) return "explicitDeny";
  if (found.controlled) return "implicitDeny";
  const room = within(sets, request, found);
  if (found.foreign) {
    const own = principal.kind === "root" || identity.length > 0;
    return own && room && forms.length > 0 ? "allowed" : "implicitDeny";
  }
  if (principal.kind === "root") {
    return sets.session === undefined || found.session.length > 0 ? "allowed" : "implicitDeny";
  }
  if (forms.includes("direct")) return "allowed";
  if (!ownPolicies) return "implicitDeny";
  if (identity.length === 0 && !forms.includes("role")) return "implicitDeny";
  return room ? "allowed" : "implicitDeny";
}

/** Decides whether a role may be assumed, as the reference tells it; `sets.resource` is the role's trust policy. */
export function plainAssumeRole(request: PlainRequest, sets: PlainSets): Outcome {
  const { principal } = request;
  const found = fitting(request, sets);
  if (found.denied) return "explicitDeny";
  if (found.controlled || principal.kind === "root" || found.forms.length === 0) return "implicitDeny";
  const delegated = found.identity.length > 0 && within(sets, request, found);
  if (!found.ownPolicies) {
    // `*` means everybody in the role's account, and a service is in none.
    return found.forms.includes("direct") && !onlyEverybody(request, sets) ? "allowed" : "implicitDeny";
  }
  if (found.foreign) return delegated ? "allowed" : "implicitDeny";
  if (found.forms.includes("direct")) return "allowed";
  if (found.forms.includes("role") && within(sets, request, found)) return "allowed";
  return delegated ? "allowed" : "implicitDeny";
}

/** Whether every statement that lets a service or a stranger in does so by naming everybody. */
function onlyEverybody(request: PlainRequest, { resource }: PlainSets): boolean {
  const { principal } = request;
  return (resource ?? [])
    .filter((entry) => entry.Effect === "Allow" && fits(entry, request) && formOf(entry, principal) === "direct")
    .every(({ Principal, NotPrincipal }) => {
      if (NotPrincipal !== undefined || Principal === "*" || Principal === undefined) return true;
      return principal.kind !== "service" || Principal.Service?.includes(principal.service) !== true;
    });
}

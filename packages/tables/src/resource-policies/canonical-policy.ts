/** A JSON value of a policy, as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

type JsonObject = { readonly [member: string]: Json };

/** Whether a value is an object, neither a list nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One value or a list of them, as a list. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Json];
}

const policyOrder = ["Version", "Id", "Statement"];
const statementOrder = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

const accountId = /^\d{12}$/;

/**
 * The one form of all policies that mean the same to the service (observed): no white space, members in a fixed order,
 * lists of one as that one, an account's number as the ARN of its root, principals each once, `Effect` capitalised.
 */
export function canonicalPolicy(policy: JsonObject): string {
  const statements = listOf(policy.Statement).map((statement) =>
    isObject(statement) ? canonicalStatement(statement) : statement,
  );
  return JSON.stringify(ordered({ ...policy, Statement: statements }, policyOrder));
}

function canonicalStatement(statement: JsonObject): Json {
  const members = Object.entries(statement).map(([name, value]): [string, Json] => {
    switch (name) {
      case "Effect":
        return [name, typeof value === "string" ? capitalised(value) : value];
      case "Principal":
      case "NotPrincipal":
        return [name, isObject(value) ? mapped(value, canonicalPrincipals) : value];
      case "Condition":
        return [name, isObject(value) ? mapped(value, canonicalOperator) : value];
      default:
        return [name, single(value)];
    }
  });
  return ordered(Object.fromEntries(members), statementOrder);
}

function canonicalOperator(keys: Json): Json {
  return isObject(keys) ? mapped(keys, single) : keys;
}

function canonicalPrincipals(names: Json, type: string): Json {
  const spelt = listOf(names).map((name) =>
    type === "AWS" && typeof name === "string" && accountId.test(name) ? `arn:aws:iam::${name}:root` : name,
  );
  return single([...new Set(spelt)]);
}

function single(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
}

function capitalised(effect: string): string {
  return effect.charAt(0).toUpperCase() + effect.slice(1).toLowerCase();
}

function mapped(object: JsonObject, change: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}

/** Known members in their order, then the others as they came. */
function ordered(object: JsonObject, order: readonly string[]): JsonObject {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => rank(a) - rank(b)));
}

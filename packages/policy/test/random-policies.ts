// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import type { ContextValues, Principal } from "@hotkeep/core";
import { type CompiledPolicy, compilePolicy, type PolicyKind, type PolicySets, parsePolicy } from "@hotkeep/policy";
import fc from "fast-check";
import type { PlainRequest, PlainSets, PlainStatement } from "./plain-evaluator.js";
import { account, alice, bobSession, books, cluster, dax, federated, nobody, root } from "./support.js";

// Few words, so that policies and requests often meet.

const foreignBooks = "arn:aws:dynamodb:us-west-2:999999999999:table/Books";
const actions = fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dax:GetItem", "dax:PutItem");
const actionPatterns = fc.constantFrom(
  "*",
  "dynamodb:*",
  "dax:*",
  "dynamodb:Get*",
  "dynamodb:?etItem",
  "DynamoDB:putitem",
  "dax:*Item",
  "dynamodb:Query",
  "dax:GetItem",
);
const resources = fc.constantFrom(
  "*",
  foreignBooks,
  books,
  `${books}/index/A`,
  `${books}*`,
  cluster,
  cluster.toLowerCase(),
);
const resourcePatterns = fc.constantFrom(
  "*",
  books,
  `${books}/index/*`,
  `${books}*`,
  "arn:aws:dynamodb:*:*:table/B?oks",
  "arn:aws:dynamodb:us-west-2",
  "arn:aws:dynamodb:*:*:table/${k:text}",
  "arn:aws:dynamodb:*:*:*${k:text}*",
  cluster,
  "arn:aws:dax:*:*:cache/*",
);

const texts = fc.constantFrom("", "a", "b", "ab", "Books", "*", "a*", "true", "false", "5", "50");
const lists = fc.array(texts, { maxLength: 3 });
const contexts: fc.Arbitrary<ContextValues> = fc.record(
  { "k:text": texts, "K:Other": texts, "k:list": lists, "k:flag": fc.constantFrom("true", "false", "True") },
  { requiredKeys: [] },
);

const operators = fc.constantFrom(
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "Bool",
);
const operatorNames = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:"), operators, fc.constantFrom("", "", "IfExists"))
    .map((parts) => parts.join("")),
  fc.constant("Null"),
);
const expectedTexts = fc.constantFrom("a", "b", "a*", "*b", "?", "", "true", "FALSE", "7", "${k:text}", "${k:other}*");
const conditions = fc.dictionary(
  operatorNames,
  fc.dictionary(fc.constantFrom("k:text", "k:other", "K:List", "k:flag"), fc.array(expectedTexts, { maxLength: 3 }), {
    minKeys: 1,
    maxKeys: 2,
  }),
  { maxKeys: 2 },
);

/** Operators on parsed values meet values that parse: what they do with other texts has its own table. */
const typed: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "k:number",
    ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
      (name) => `Numeric${name}`,
    ),
    ["5", "7", "9", "5.0", "-1"],
  ],
  [
    "k:date",
    ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
      (name) => `Date${name}`,
    ),
    ["2026-01-01", "2026-01-01T00:00:00Z", "1767225600", "2026-06-30T12:00:00+02:00"],
  ],
  ["k:ip", ["IpAddress", "NotIpAddress"], ["10.0.0.0/8", "10.1.2.3", "192.168.0.0/16", "0.0.0.0/0", "10.1.2.3/31"]],
  [
    "k:arn",
    ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    [books, "arn:aws:dynamodb:*:*:table/*", "arn:aws:sns:*:*:*", "arn:aws:dynamodb:*:*:*${k:text}*", "Books"],
  ],
  ["k:binary", ["BinaryEquals"], ["aG90", "aG90a2VlcA==", ""]],
];
const typedConditions = fc
  .constantFrom(...typed)
  .chain(([key, names, values]) =>
    fc.record({
      qualifier: fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:"),
      name: fc.constantFrom(...names),
      suffix: fc.constantFrom("", "", "IfExists"),
      key: fc.constant(key),
      values: fc.array(fc.constantFrom(...values), { maxLength: 3 }),
    }),
  )
  .map(({ qualifier, name, suffix, key, values }) => ({ [`${qualifier}${name}${suffix}`]: { [key]: values } }));
const typedContexts = fc.record(
  {
    "k:number": fc.constantFrom("5", "7", "9"),
    "k:date": fc.constantFrom("2026-01-01T00:00:00Z", "2026-06-30T10:00:00Z", "2025-12-31T23:59:59Z"),
    "k:ip": fc.constantFrom("10.1.2.3", "10.1.2.2", "192.168.7.7", "8.8.8.8"),
    "k:arn": fc.constantFrom(books, "arn:aws:sns:us-west-2:1:orders", "Books"),
    "k:binary": fc.constantFrom("aG90", "aG90a2VlcA=="),
  },
  { requiredKeys: [] },
);

const several = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 1, maxLength: 3 });

const effects = fc.constantFrom("Allow" as const, "Allow" as const, "Allow" as const, "Deny" as const);

/** One statement without a principal. */
export const statements: fc.Arbitrary<PlainStatement> = fc
  .record({
    Effect: effects,
    action: several(actionPatterns),
    actionNegated: fc.boolean(),
    resource: several(resourcePatterns),
    resourceNegated: fc.boolean(),
    Condition: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 2, arbitrary: conditions },
      { weight: 2, arbitrary: typedConditions },
    ),
  })
  .map(({ Effect, action, actionNegated, resource, resourceNegated, Condition }) => ({
    Effect,
    ...(actionNegated ? { NotAction: action } : { Action: action }),
    ...(resourceNegated ? { NotResource: resource } : { Resource: resource }),
    Condition,
  }));

const names = fc.constantFrom(
  { AWS: [`arn:aws:iam::${account}:user/Alice`] },
  { AWS: [`arn:aws:iam::${account}:role/team/BobUserRole`] },
  { AWS: [`arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session`] },
  { AWS: [account], Service: ["dax.amazonaws.com"] },
  { AWS: ["999999999999"] },
  { AWS: ["*"] },
  "*" as const,
);
const resourceStatements: fc.Arbitrary<PlainStatement> = fc
  .tuple(statements, names, fc.constantFrom(true, true, true, false))
  .map(([statement, who, named]) => ({ ...statement, ...(named ? { Principal: who } : { NotPrincipal: who }) }));

const roles = fc.constantFrom(`arn:aws:iam::${account}:role/Target`, "arn:aws:iam::999999999999:role/Target");
const assuming = fc.constantFrom("sts:AssumeRole", "sts:AssumeRole", "sts:TagSession");
/** A trust policy's statement: no resource, and `NotPrincipal` is not for it. */
const trustStatements: fc.Arbitrary<PlainStatement> = fc
  .tuple(
    statements,
    names,
    fc.constantFrom<string[][]>(["sts:AssumeRole"], ["sts:*"], ["sts:AssumeRole", "sts:TagSession"]),
  )
  .map(([{ Effect, Condition }, Principal, Action]) => ({
    Effect,
    Action,
    Principal,
    ...(Condition && { Condition }),
  }));

const some = (values: fc.Arbitrary<PlainStatement>) => fc.array(values, { maxLength: 4 });

/** All kinds of policies at once. */
export const plainSets: fc.Arbitrary<PlainSets> = fc.record({
  identity: some(statements),
  boundary: fc.option(some(statements), { nil: undefined, freq: 2 }),
  session: fc.option(some(statements), { nil: undefined, freq: 2 }),
  resource: fc.option(some(resourceStatements), { nil: undefined, freq: 2 }),
  serviceControl: fc.option(fc.array(some(statements), { maxLength: 2 }), { nil: undefined, freq: 5 }),
});

/** Sets around a role's trust policy; identities may mostly assume. */
const mayAssume: PlainStatement = { Effect: "Allow", Action: ["sts:*"], Resource: ["*"] };
export const trustSets: fc.Arbitrary<PlainSets> = fc
  .tuple(plainSets, fc.array(trustStatements, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.boolean())
  .map(([sets, resource, may, bounded]) => ({
    ...sets,
    resource,
    identity: may ? [...sets.identity, mayAssume] : sets.identity,
    ...(bounded && sets.boundary !== undefined ? { boundary: [...sets.boundary, mayAssume] } : {}),
  }));

const principals: fc.Arbitrary<Principal> = fc.constantFrom(
  alice,
  alice,
  bobSession,
  bobSession,
  federated,
  root,
  dax,
  nobody,
);

export const requests: fc.Arbitrary<PlainRequest> = fc.record({
  principal: principals,
  action: actions,
  resource: resources,
  context: fc.tuple(contexts, typedContexts).map(([context, more]) => ({ ...context, ...more })),
});

function compiled(kind: PolicyKind, list: PlainStatement[]): CompiledPolicy[] {
  if (list.length === 0) return [];
  const text = JSON.stringify({ Version: "2012-10-17", Statement: list });
  return [compilePolicy(parsePolicy(text, kind), { kind, name: kind })];
}

/** Wishes to assume a role of this account or another. */
export const assumptions: fc.Arbitrary<PlainRequest> = fc
  .tuple(requests, assuming, roles)
  .map(([request, action, resource]) => ({ ...request, action, resource }));

/** The same sets for the real engine; `resourceKind` is what hangs on the resource. */
export function compileSets(
  { identity, boundary, session, resource, serviceControl }: PlainSets,
  resourceKind: "resource" | "trust" = "resource",
): PolicySets {
  return {
    identity: compiled("identity", identity),
    ...(boundary === undefined ? {} : { boundary: compiled("boundary", boundary) }),
    ...(session === undefined ? {} : { session: compiled("session", session) }),
    ...(resource === undefined ? {} : { resource: compiled(resourceKind, resource) }),
    ...(serviceControl === undefined
      ? {}
      : { serviceControl: serviceControl.map((level) => compiled("service-control", level)) }),
  };
}

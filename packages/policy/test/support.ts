import type { ContextValues, Principal } from "@hotkeep/core";
import {
  type AuthorizationRequest,
  type CompiledPolicy,
  compilePolicy,
  type PolicyKind,
  type PolicySets,
  parsePolicy,
} from "@hotkeep/policy";

export const account = "123456789012";
export const books = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;
export const cluster = `arn:aws:dax:us-west-2:${account}:cache/DAXCluster01`;

export const alice: Principal = {
  kind: "user",
  account,
  arn: `arn:aws:iam::${account}:user/Alice`,
  id: "AIDAALICEALICEALICE22",
  name: "Alice",
};

export const bobSession: Principal = {
  kind: "role-session",
  account,
  arn: `arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session`,
  roleArn: `arn:aws:iam::${account}:role/team/BobUserRole`,
  roleId: "AROABOBBOBBOBBOBBOB22",
  roleName: "BobUserRole",
  sessionName: "bob-session",
};

export const federated: Principal = {
  kind: "federated-user",
  account,
  arn: `arn:aws:sts::${account}:federated-user/Fred`,
  name: "Fred",
};

export const root: Principal = { kind: "root", account };
export const dax: Principal = { kind: "service", service: "dax.amazonaws.com" };
export const nobody: Principal = { kind: "anonymous" };

type Json = Readonly<Record<string, unknown>>;

/** The text of a 2012-10-17 policy with these statements. */
export function policyText(statements: Json | readonly Json[], version = "2012-10-17"): string {
  return JSON.stringify({ Version: version, Statement: statements });
}

/** A compiled policy of a kind from statements. */
export function policy(
  kind: PolicyKind,
  statements: Json | readonly Json[],
  options: { readonly name?: string; readonly version?: string } = {},
): CompiledPolicy {
  return compilePolicy(parsePolicy(policyText(statements, options.version), kind), {
    kind,
    name: options.name ?? `${kind}-policy`,
  });
}

/** An Allow statement. */
export function allow(action: string | readonly string[], resource: string | readonly string[] = "*", more: Json = {}) {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

/** A Deny statement. */
export function deny(action: string | readonly string[], resource: string | readonly string[] = "*", more: Json = {}) {
  return { Effect: "Deny", Action: action, Resource: resource, ...more };
}

export function request(
  action: string,
  resource: string,
  options: { readonly principal?: Principal; readonly context?: ContextValues } = {},
): AuthorizationRequest {
  return { principal: options.principal ?? alice, action, resource, context: options.context ?? {} };
}

/** Identity policies only. */
export function identitySets(...statements: readonly Json[]): PolicySets {
  return { identity: [policy("identity", statements)] };
}

/** Rows whose last elements may be left out, for `test.each`, which cannot tell such rows from mixed lists. */
export function padded<T extends readonly unknown[]>(rows: readonly T[]): readonly Required<T>[] {
  return rows as readonly unknown[] as readonly Required<T>[];
}

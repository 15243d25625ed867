import type { Principal } from "@hotkeep/core";
import { type CompiledPolicy, decide, type Outcome, type PolicyKind, type PolicySets } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import {
  account,
  alice,
  allow,
  bobSession,
  books,
  cluster,
  dax,
  deny,
  federated,
  nobody,
  padded,
  policy,
  request,
  root,
} from "./support.js";

/** What one set says: nothing of the sort (absent), silence, Allow, Deny, or both. */
type Say = "absent" | "silent" | "allow" | "deny" | "both";

function set(kind: PolicyKind, say: Say): CompiledPolicy[] | undefined {
  switch (say) {
    case "absent":
      return undefined;
    case "silent":
      return [policy(kind, allow("other:*"))];
    case "allow":
      return [policy(kind, allow("dynamodb:*", books))];
    case "deny":
      return [policy(kind, [deny("dynamodb:*", books)])];
    case "both":
      return [policy(kind, [allow("dynamodb:*"), deny("dynamodb:GetItem")])];
  }
}

function resourceSet(effect: "Allow" | "Deny", Principal: unknown): CompiledPolicy[] {
  return [policy("resource", { Effect: effect, Principal, Action: "dynamodb:*", Resource: books })];
}

function sets(
  identity: Say,
  boundary: Say = "absent",
  session: Say = "absent",
  resource?: CompiledPolicy[],
): PolicySets {
  const [boundarySet, sessionSet] = [set("boundary", boundary), set("session", session)];
  return {
    identity: set("identity", identity) ?? [],
    ...(boundarySet === undefined ? {} : { boundary: boundarySet }),
    ...(sessionSet === undefined ? {} : { session: sessionSet }),
    ...(resource === undefined ? {} : { resource }),
  };
}

type Row = readonly [Say, Say, Say, Outcome, PolicyKind?];

/** Identity, boundary, session, outcome, set that decided. */
const inner: readonly Row[] = [
  ["absent", "absent", "absent", "implicitDeny", "identity"],
  ["silent", "absent", "absent", "implicitDeny", "identity"],
  ["allow", "absent", "absent", "allowed"],
  ["deny", "absent", "absent", "explicitDeny", "identity"],
  ["both", "absent", "absent", "explicitDeny", "identity"],
  ["allow", "silent", "absent", "implicitDeny", "boundary"],
  ["allow", "allow", "absent", "allowed"],
  ["allow", "deny", "absent", "explicitDeny", "boundary"],
  ["allow", "both", "absent", "explicitDeny", "boundary"],
  ["silent", "allow", "absent", "implicitDeny", "identity"],
  ["silent", "deny", "absent", "explicitDeny", "boundary"],
  ["deny", "deny", "deny", "explicitDeny", "identity"],
  ["allow", "absent", "silent", "implicitDeny", "session"],
  ["allow", "absent", "allow", "allowed"],
  ["allow", "absent", "deny", "explicitDeny", "session"],
  ["silent", "absent", "allow", "implicitDeny", "identity"],
  ["allow", "allow", "allow", "allowed"],
  ["allow", "silent", "allow", "implicitDeny", "boundary"],
  ["allow", "allow", "silent", "implicitDeny", "session"],
  ["allow", "silent", "silent", "implicitDeny", "boundary"],
  ["silent", "silent", "silent", "implicitDeny", "identity"],
  ["allow", "silent", "deny", "explicitDeny", "session"],
  ["both", "allow", "allow", "explicitDeny", "identity"],
];

describe.each([
  ["a user", alice],
  ["a role session", bobSession],
] as const)("for %s, identity × boundary × session", (_name, principal) => {
  test.each(padded(inner))("%s × %s × %s is %s by %s", (identity, boundary, session, outcome, deniedBy) => {
    const decision = decide(request("dynamodb:GetItem", books, { principal }), sets(identity, boundary, session));
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });
});

const everyone = "*";
const userArn = { AWS: `arn:aws:iam::${account}:user/Alice` };
const roleArn = { AWS: `arn:aws:iam::${account}:role/team/BobUserRole` };
const sessionArn = { AWS: `arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session` };
const otherSession = { AWS: `arn:aws:sts::${account}:assumed-role/BobUserRole/other` };
const accountId = { AWS: account };
const accountRoot = { AWS: `arn:aws:iam::${account}:root` };

/** Principal, how the resource's policy names it, identity, boundary, session, outcome, set that decided. */
const withResource: readonly (readonly [string, Principal, unknown, Say, Say, Say, Outcome, PolicyKind?])[] = [
  ["a user named by ARN", alice, userArn, "silent", "absent", "absent", "allowed"],
  ["a user named by ARN, past a boundary", alice, userArn, "silent", "silent", "absent", "allowed"],
  ["a user named by ARN, past a session policy", alice, userArn, "silent", "absent", "silent", "allowed"],
  ["a user named by ARN, but denied", alice, userArn, "deny", "absent", "absent", "explicitDeny", "identity"],
  [
    "a user named by ARN, but denied by the boundary",
    alice,
    userArn,
    "allow",
    "deny",
    "absent",
    "explicitDeny",
    "boundary",
  ],
  ["a user named by unique id", alice, { AWS: "AIDAALICEALICEALICE22" }, "silent", "absent", "absent", "allowed"],
  [
    "another user",
    alice,
    { AWS: `arn:aws:iam::${account}:user/Bob` },
    "silent",
    "absent",
    "absent",
    "implicitDeny",
    "identity",
  ],
  [
    "a user in wrong letter case",
    alice,
    { AWS: `arn:aws:iam::${account}:user/alice` },
    "silent",
    "absent",
    "absent",
    "implicitDeny",
    "identity",
  ],
  ["a user named by account", alice, accountId, "silent", "absent", "absent", "implicitDeny", "identity"],
  ["a user named by account root", alice, accountRoot, "silent", "absent", "absent", "implicitDeny", "identity"],
  ["a user named by account, with identity", alice, accountRoot, "allow", "absent", "absent", "allowed"],
  ["a user under a star", alice, everyone, "silent", "silent", "silent", "allowed"],
  ["a user under a star of AWS", alice, { AWS: "*" }, "silent", "absent", "absent", "allowed"],
  ["a session named by ARN", bobSession, sessionArn, "silent", "silent", "silent", "allowed"],
  ["another session", bobSession, otherSession, "silent", "absent", "absent", "implicitDeny", "identity"],
  ["a session named by role", bobSession, roleArn, "silent", "absent", "absent", "allowed"],
  ["a session named by role id", bobSession, { AWS: "AROABOBBOBBOBBOBBOB22" }, "silent", "absent", "absent", "allowed"],
  [
    "a session named by role without path",
    bobSession,
    { AWS: `arn:aws:iam::${account}:role/BobUserRole` },
    "silent",
    "absent",
    "absent",
    "implicitDeny",
    "identity",
  ],
  [
    "a session named by role, silent boundary",
    bobSession,
    roleArn,
    "silent",
    "silent",
    "absent",
    "implicitDeny",
    "boundary",
  ],
  [
    "a session named by role, silent session policy",
    bobSession,
    roleArn,
    "silent",
    "absent",
    "silent",
    "implicitDeny",
    "session",
  ],
  ["a session named by role, both limits allow", bobSession, roleArn, "silent", "allow", "allow", "allowed"],
  ["a session named by account", bobSession, accountRoot, "silent", "absent", "absent", "implicitDeny", "identity"],
  [
    "a federated user named by ARN",
    federated,
    { AWS: `arn:aws:sts::${account}:federated-user/Fred` },
    "silent",
    "absent",
    "absent",
    "allowed",
  ],
  ["a service", dax, { Service: "dax.amazonaws.com" }, "absent", "absent", "absent", "allowed"],
  ["another service", dax, { Service: "ec2.amazonaws.com" }, "absent", "absent", "absent", "implicitDeny", "resource"],
  ["a service under a star", dax, everyone, "absent", "absent", "absent", "allowed"],
  ["a service has no identity policies", dax, accountRoot, "allow", "absent", "absent", "implicitDeny", "resource"],
  ["a stranger under a star", nobody, everyone, "absent", "absent", "absent", "allowed"],
  ["a stranger named by nothing", nobody, accountRoot, "allow", "absent", "absent", "implicitDeny", "resource"],
  ["root named by account", root, accountRoot, "absent", "absent", "absent", "allowed"],
];

describe("with an Allow on the resource", () => {
  test.each(padded(withResource))("%s", (_name, principal, named, identity, boundary, session, outcome, deniedBy) => {
    const policies = sets(identity, boundary, session, resourceSet("Allow", named));
    const decision = decide(request("dynamodb:GetItem", books, { principal }), policies);
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });
});

/** Principal, element of a Deny, whether it hits. */
const denies: readonly (readonly [string, Principal, object, boolean])[] = [
  ["a user by ARN", alice, { Principal: userArn }, true],
  ["a user by account", alice, { Principal: accountId }, true],
  ["another user", alice, { Principal: roleArn }, false],
  ["a session by role", bobSession, { Principal: roleArn }, true],
  ["a session by session", bobSession, { Principal: sessionArn }, true],
  ["a session by another session", bobSession, { Principal: otherSession }, false],
  ["everybody", bobSession, { Principal: "*" }, true],
  ["root by account", root, { Principal: accountRoot }, true],
  ["all but Alice, asked by Alice", alice, { NotPrincipal: userArn }, false],
  ["all but Alice, asked by a session", bobSession, { NotPrincipal: userArn }, true],
  ["all but a role, asked by its session", bobSession, { NotPrincipal: roleArn }, false],
  ["all but an account, asked by its user", alice, { NotPrincipal: accountId }, false],
  ["all but a service, asked by it", dax, { NotPrincipal: { Service: "dax.amazonaws.com" } }, false],
  ["all but a service, asked by Alice", alice, { NotPrincipal: { Service: "dax.amazonaws.com" } }, true],
];

describe("a Deny on the resource", () => {
  test.each(denies)("for %s", (_name, principal, element, hits) => {
    const resource = [
      policy("resource", [
        { Effect: "Deny", ...element, Action: "*", Resource: "*" },
        { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
      ]),
    ];
    const decision = decide(request("dynamodb:GetItem", books, { principal }), { identity: [], resource });
    expect(decision.outcome).toBe(hits ? "explicitDeny" : "allowed");
    expect(decision.deniedBy).toBe(hits ? "resource" : undefined);
  });

  test("an Allow with NotPrincipal lets everybody else in", () => {
    const resource = [policy("resource", { Effect: "Allow", NotPrincipal: userArn, Action: "*", Resource: "*" })];
    const of = (principal: Principal) =>
      decide(request("x:Y", books, { principal }), { identity: [], resource }).outcome;
    expect(of(alice)).toBe("implicitDeny");
    expect(of(bobSession)).toBe("allowed");
  });
});

describe("root", () => {
  const rows: readonly (readonly [string, PolicySets, Outcome, PolicyKind?])[] = [
    ["needs no policy", { identity: [] }, "allowed"],
    ["has no identity policies that could deny", sets("deny"), "allowed"],
    ["has no boundary", sets("absent", "silent"), "allowed"],
    ["is limited by a session policy", sets("absent", "absent", "silent"), "implicitDeny", "session"],
    ["is allowed by a session policy", sets("absent", "absent", "allow"), "allowed"],
    ["is denied by a session policy", sets("absent", "absent", "deny"), "explicitDeny", "session"],
    [
      "is denied by a service control policy",
      { identity: [], serviceControl: [set("service-control", "deny")!] },
      "explicitDeny",
      "service-control",
    ],
  ];
  test.each(padded(rows))("%s", (_name, policies, outcome, deniedBy) => {
    const decision = decide(request("dynamodb:GetItem", books, { principal: root }), policies);
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });
});

describe("a federated user", () => {
  const rows: readonly (readonly [Say, Say, Outcome, PolicyKind?])[] = [
    ["allow", "absent", "implicitDeny", "session"],
    ["allow", "silent", "implicitDeny", "session"],
    ["allow", "allow", "allowed"],
    ["silent", "allow", "implicitDeny", "identity"],
  ];
  test.each(padded(rows))("with identity %s and session policy %s is %s", (identity, session, outcome, deniedBy) => {
    const policies = sets(identity, "absent", session);
    const decision = decide(request("dynamodb:GetItem", books, { principal: federated }), policies);
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });
});

describe("service control policies", () => {
  const level = (say: Say) => set("service-control", say)!;
  const rows: readonly (readonly [string, CompiledPolicy[][], Say, Outcome, PolicyKind?])[] = [
    ["no levels", [], "allow", "allowed"],
    ["one level allows", [level("allow")], "allow", "allowed"],
    ["both levels allow", [level("allow"), level("allow")], "allow", "allowed"],
    ["one of two is silent", [level("allow"), level("silent")], "allow", "implicitDeny", "service-control"],
    ["an empty level", [[]], "allow", "implicitDeny", "service-control"],
    ["one denies", [level("allow"), level("both")], "allow", "explicitDeny", "service-control"],
    ["they never grant", [level("allow")], "silent", "implicitDeny", "identity"],
    ["the identity denies first", [level("deny")], "deny", "explicitDeny", "identity"],
  ];
  test.each(padded(rows))("%s", (_name, serviceControl, identity, outcome, deniedBy) => {
    const decision = decide(request("dynamodb:GetItem", books), { ...sets(identity), serviceControl });
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });
});

describe("a resource in another account", () => {
  const foreign = "arn:aws:dynamodb:us-west-2:999999999999:table/Books";
  const identityAllow = [policy("identity", allow("dynamodb:*"))];
  const named = (Principal: unknown) => [
    policy("resource", { Effect: "Allow", Principal, Action: "dynamodb:*", Resource: foreign }),
  ];
  const rows: readonly (readonly [string, PolicySets, Outcome, PolicyKind?])[] = [
    ["identity alone", { identity: identityAllow }, "implicitDeny", "resource"],
    ["resource alone", { identity: [], resource: named(userArn) }, "implicitDeny", "identity"],
    ["both, by ARN", { identity: identityAllow, resource: named(userArn) }, "allowed"],
    ["both, by account", { identity: identityAllow, resource: named(accountId) }, "allowed"],
    ["both, by star", { identity: identityAllow, resource: named("*") }, "allowed"],
    [
      "both, but a silent boundary",
      { identity: identityAllow, resource: named(userArn), boundary: [policy("boundary", allow("other:*"))] },
      "implicitDeny",
      "boundary",
    ],
    [
      "another account is named",
      { identity: identityAllow, resource: named({ AWS: "999999999999" }) },
      "implicitDeny",
      "resource",
    ],
  ];
  test.each(padded(rows))("%s", (_name, policies, outcome, deniedBy) => {
    const decision = decide(request("dynamodb:GetItem", foreign), policies);
    expect(decision.outcome).toBe(outcome);
    expect(decision.deniedBy).toBe(deniedBy);
  });

  test("AWS's own policies belong to no account", () => {
    const managed = "arn:aws:iam::aws:policy/AdministratorAccess";
    expect(decide(request("iam:GetPolicy", managed), { identity: [policy("identity", allow("iam:*"))] }).outcome).toBe(
      "allowed",
    );
  });
});

describe("calls that no policy can forbid", () => {
  test.each(["sts:GetCallerIdentity", "sts:GetSessionToken", "STS:getcalleridentity"])("%s", (action) => {
    const policies = { identity: [policy("identity", deny("*"))], boundary: [] };
    expect(decide(request(action, "*"), policies).outcome).toBe("allowed");
  });

  test("GetAccessKeyInfo is not one of them", () => {
    expect(decide(request("sts:GetAccessKeyInfo", "*"), { identity: [] }).outcome).toBe("implicitDeny");
  });
});

test("an empty boundary or session set allows nothing", () => {
  const identity = [policy("identity", allow("*"))];
  expect(decide(request("x:Y", "*"), { identity, boundary: [] }).deniedBy).toBe("boundary");
  expect(decide(request("x:Y", "*"), { identity, session: [] }).deniedBy).toBe("session");
});

test("an allowed decision lists every Allow that matched, a denied one every Deny", () => {
  const identity = [
    policy("identity", [allow("dax:GetItem", cluster, { Sid: "One" }), allow("dynamodb:*")], { name: "first" }),
    policy("identity", [allow("dax:*", cluster)], { name: "second" }),
  ];
  const allowed = decide(request("dax:GetItem", cluster), { identity });
  expect(allowed.statements.map(({ policy: { name }, sid, index }) => [name, sid, index])).toEqual([
    ["first", "One", 0],
    ["second", undefined, 0],
  ]);
  const boundary = [policy("boundary", [deny("dax:*"), deny("*")], { name: "limit" })];
  const denied = decide(request("dax:GetItem", cluster), { identity, boundary });
  expect(denied.statements.map(({ policy: { name }, index }) => [name, index])).toEqual([
    ["limit", 0],
    ["limit", 1],
  ]);
  expect(decide(request("dax:GetItem", "*"), { identity: [] }).statements).toEqual([]);
});

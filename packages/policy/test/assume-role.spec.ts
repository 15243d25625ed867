import type { ContextValues, Principal } from "@hotkeep/core";
import { decideAssumeRole, denialMessage, type PolicyKind, type PolicySets } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { account, alice, allow, bobSession, dax, deny, federated, nobody, policy, request, root } from "./support.js";

const role = `arn:aws:iam::${account}:role/DAXServiceRole`;
const trust = (Principal: unknown, more: object = {}) =>
  policy("trust", { Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });
const may = policy("identity", allow("sts:AssumeRole", role));
const silent = policy("identity", allow("other:*"));
const never = policy("identity", deny("sts:*"));
const silentBoundary = [policy("boundary", allow("other:*"))];
const openBoundary = [policy("boundary", allow("sts:*"))];
const silentSession = [policy("session", allow("other:*"))];

const aliceArn = { AWS: `arn:aws:iam::${account}:user/Alice` };
const bobRole = { AWS: `arn:aws:iam::${account}:role/team/BobUserRole` };
const bobRoleId = { AWS: "AROABOBBOBBOBBOBBOB22" };
const bobSessionArn = { AWS: `arn:aws:sts::${account}:assumed-role/BobUserRole/bob-session` };
const accountRoot = { AWS: `arn:aws:iam::${account}:root` };
const daxService = { Service: "dax.amazonaws.com" };
const foreignAlice: Principal = {
  kind: "user",
  account: "999999999999",
  arn: "arn:aws:iam::999999999999:user/Alice",
  id: "AIDAFOREIGNFOREIGN222",
  name: "Alice",
};

/** What, who, policies, undefined when allowed and else the set that decided. */
const rows: readonly (readonly [string, Principal, PolicySets, PolicyKind | undefined])[] = [
  ["a user named by ARN needs no identity policy", alice, { identity: [], resource: [trust(aliceArn)] }, undefined],
  [
    "a user named by unique id",
    alice,
    { identity: [], resource: [trust({ AWS: "AIDAALICEALICEALICE22" })] },
    undefined,
  ],
  [
    "a user re-created under the same name",
    alice,
    { identity: [may], resource: [trust({ AWS: "AIDAOLDALICEOLDALICE2" })] },
    "trust",
  ],
  [
    "a user named by ARN, past a boundary",
    alice,
    { identity: [], boundary: silentBoundary, resource: [trust(aliceArn)] },
    undefined,
  ],
  ["a user named by ARN, but denied", alice, { identity: [never], resource: [trust(aliceArn)] }, "identity"],
  [
    "a user named by account without identity",
    alice,
    { identity: [silent], resource: [trust(accountRoot)] },
    "identity",
  ],
  ["a user named by account with identity", alice, { identity: [may], resource: [trust(accountRoot)] }, undefined],
  [
    "a user named by account id with identity",
    alice,
    { identity: [may], resource: [trust({ AWS: account })] },
    undefined,
  ],
  [
    "a user named by account, silent boundary",
    alice,
    { identity: [may], boundary: silentBoundary, resource: [trust(accountRoot)] },
    "boundary",
  ],
  [
    "a user named by account, open boundary",
    alice,
    { identity: [may], boundary: openBoundary, resource: [trust(accountRoot)] },
    undefined,
  ],
  ["identity alone never suffices", alice, { identity: [may], resource: [trust(daxService)] }, "trust"],
  ["no trust policy", alice, { identity: [may] }, "trust"],
  ["an empty trust set", alice, { identity: [may], resource: [] }, "trust"],
  ["a star", alice, { identity: [], resource: [trust("*")] }, undefined],
  ["a star of AWS", alice, { identity: [], resource: [trust({ AWS: "*" })] }, undefined],
  ["a session named by session ARN", bobSession, { identity: [], resource: [trust(bobSessionArn)] }, undefined],
  ["a session named by role", bobSession, { identity: [], resource: [trust(bobRole)] }, undefined],
  ["a session named by role id", bobSession, { identity: [], resource: [trust(bobRoleId)] }, undefined],
  [
    "a session named by role, silent boundary",
    bobSession,
    { identity: [], boundary: silentBoundary, resource: [trust(bobRole)] },
    "boundary",
  ],
  [
    "a session named by role, silent session policy",
    bobSession,
    { identity: [], session: silentSession, resource: [trust(bobRole)] },
    "session",
  ],
  [
    "a session named by session ARN, past its session policy",
    bobSession,
    { identity: [], session: silentSession, resource: [trust(bobSessionArn)] },
    undefined,
  ],
  ["a session that nobody named", bobSession, { identity: [may], resource: [trust(aliceArn)] }, "trust"],
  [
    "a federated user named by ARN",
    federated,
    { identity: [], resource: [trust({ AWS: `arn:aws:sts::${account}:federated-user/Fred` })] },
    undefined,
  ],
  ["the service", dax, { identity: [], resource: [trust(daxService)] }, undefined],
  ["another service", dax, { identity: [], resource: [trust({ Service: "ec2.amazonaws.com" })] }, "trust"],
  ["a service under a star", dax, { identity: [], resource: [trust("*")] }, "trust"],
  ["a service when the account is named", dax, { identity: [], resource: [trust(accountRoot)] }, "trust"],
  ["a user when the service is named", alice, { identity: [], resource: [trust(daxService)] }, "trust"],
  ["a stranger under a star", nobody, { identity: [], resource: [trust("*")] }, "trust"],
  ["root named by its account", root, { identity: [], resource: [trust(accountRoot)] }, "trust"],
  ["root under a star", root, { identity: [], resource: [trust("*")] }, "trust"],
  [
    "from another account, named by ARN, no identity",
    foreignAlice,
    { identity: [], resource: [trust({ AWS: "arn:aws:iam::999999999999:user/Alice" })] },
    "identity",
  ],
  [
    "from another account, named by ARN, with identity",
    foreignAlice,
    { identity: [may], resource: [trust({ AWS: "arn:aws:iam::999999999999:user/Alice" })] },
    undefined,
  ],
  [
    "from another account, named by account, with identity",
    foreignAlice,
    { identity: [may], resource: [trust({ AWS: "999999999999" })] },
    undefined,
  ],
  ["from another account, star, no identity", foreignAlice, { identity: [], resource: [trust("*")] }, "identity"],
  ["from another account, star, with identity", foreignAlice, { identity: [may], resource: [trust("*")] }, undefined],
  [
    "from another account, this account named",
    foreignAlice,
    { identity: [may], resource: [trust(accountRoot)] },
    "trust",
  ],
  [
    "a Deny in the trust policy",
    alice,
    {
      identity: [may],
      resource: [trust(aliceArn), policy("trust", { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" })],
    },
    "trust",
  ],
  [
    "a Deny for the service",
    dax,
    {
      identity: [],
      resource: [trust(daxService), policy("trust", { Effect: "Deny", Principal: "*", Action: "sts:*" })],
    },
    "trust",
  ],
  [
    "a service control policy that denies",
    alice,
    { identity: [], resource: [trust(aliceArn)], serviceControl: [[policy("service-control", deny("sts:*"))]] },
    "service-control",
  ],
  [
    "a service control policy that is silent",
    alice,
    { identity: [], resource: [trust(aliceArn)], serviceControl: [[policy("service-control", allow("x:*"))]] },
    "service-control",
  ],
];

describe("AssumeRole", () => {
  test.each(rows)("%s", (_name, principal, sets, deniedBy) => {
    const decision = decideAssumeRole(request("sts:AssumeRole", role, { principal }), sets);
    expect(decision.outcome === "allowed" ? undefined : decision.deniedBy).toBe(deniedBy);
    expect(decision.outcome === "allowed").toBe(deniedBy === undefined);
  });
});

/** Condition of the trust policy, context, whether the service may. */
const conditions: readonly (readonly [object, ContextValues, boolean])[] = [
  [{ StringEquals: { "aws:SourceAccount": account } }, { "aws:SourceAccount": account }, true],
  [{ StringEquals: { "aws:SourceAccount": "999999999999" } }, { "aws:SourceAccount": account }, false],
  [{ StringEquals: { "aws:SourceAccount": account } }, {}, false],
  [
    { ArnLike: { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/*` } },
    { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/daxcluster01` },
    true,
  ],
  [
    { ArnEquals: { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/DAXCluster01` } },
    { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/daxcluster01` },
    true,
  ],
  [
    { ArnLike: { "aws:SourceArn": `arn:aws:dax:us-east-1:${account}:cache/*` } },
    { "aws:SourceArn": `arn:aws:dax:us-west-2:${account}:cache/daxcluster01` },
    false,
  ],
  [{ StringEquals: { "sts:ExternalId": "secret" } }, { "sts:ExternalId": "secret" }, true],
  [{ StringEquals: { "sts:ExternalId": "secret" } }, {}, false],
  [{ StringLike: { "sts:RoleSessionName": "dax-*" } }, { "sts:RoleSessionName": "dax-daxcluster01" }, true],
  [{ Bool: { "aws:MultiFactorAuthPresent": "true" } }, {}, false],
];

test.each(conditions)("a trust policy under %j with %j: %j", (Condition, context, allowed) => {
  const sets = { identity: [], resource: [trust(daxService, { Condition })] };
  const decision = decideAssumeRole(request("sts:AssumeRole", role, { principal: dax, context }), sets);
  expect(decision.outcome).toBe(allowed ? "allowed" : "implicitDeny");
});

test("tags need sts:TagSession on the trust side", () => {
  const tagging = (resource: PolicySets["resource"]) =>
    decideAssumeRole(request("sts:TagSession", role, { context: { "aws:TagKeys": ["team"] } }), {
      identity: [],
      resource: resource!,
    }).outcome;
  expect(tagging([trust(aliceArn)])).toBe("implicitDeny");
  expect(tagging([trust(aliceArn, { Action: ["sts:AssumeRole", "sts:TagSession"] })])).toBe("allowed");
});

test("a web identity is let in by its provider's name", () => {
  const provider = `arn:aws:iam::${account}:oidc-provider/example.com`;
  const resource = [trust({ Federated: provider }, { Action: "sts:AssumeRoleWithWebIdentity" })];
  const asked = request("sts:AssumeRoleWithWebIdentity", role, { principal: nobody });
  const decided = (federatedProvider?: string) =>
    decideAssumeRole(asked, { identity: [], resource }, federatedProvider === undefined ? {} : { federatedProvider })
      .outcome;
  expect(decided(provider)).toBe("allowed");
  expect(decided(`${provider}2`)).toBe("implicitDeny");
  expect(decided()).toBe("implicitDeny");
});

test("a role may assume itself only when named or delegated to", () => {
  const self = `arn:aws:iam::${account}:role/team/BobUserRole`;
  const of = (sets: PolicySets) =>
    decideAssumeRole(request("sts:AssumeRole", self, { principal: bobSession }), sets).outcome;
  expect(of({ identity: [], resource: [trust(aliceArn)] })).toBe("implicitDeny");
  expect(of({ identity: [], resource: [trust(bobRole)] })).toBe("allowed");
  expect(of({ identity: [policy("identity", allow("sts:*"))], resource: [trust(accountRoot)] })).toBe("allowed");
});

test("a refusal prints no reason, and root's has a text of its own", () => {
  const sets = { identity: [], resource: [trust(daxService)] };
  expect(denialMessage(decideAssumeRole(request("sts:AssumeRole", role), sets))).toBe(
    `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  );
  expect(denialMessage(decideAssumeRole(request("sts:TagSession", role), sets))).toBe(
    `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: sts:TagSession on resource: ${role}`,
  );
  expect(denialMessage(decideAssumeRole(request("sts:AssumeRole", role, { principal: root }), sets))).toBe(
    "Roles may not be assumed by root accounts.",
  );
  expect(denialMessage(decideAssumeRole(request("sts:AssumeRole", role, { principal: dax }), { identity: [] }))).toBe(
    `User: dax.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  );
});

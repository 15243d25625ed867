import { decide, decideAssumeRole, denialMessage, describeDecision } from "@hotkeep/policy";
import { expect, test } from "vitest";
import {
  account,
  alice,
  allow,
  bobSession,
  books,
  cluster,
  dax,
  deny,
  identitySets,
  policy,
  request,
} from "./support.js";

test("an Allow allows, nothing allows by itself, a Deny wins", () => {
  const sets = identitySets(allow("dynamodb:Get*", books), deny("dynamodb:GetItem", `${books}2`));
  expect(decide(request("dynamodb:GetItem", books), sets).outcome).toBe("allowed");
  expect(decide(request("dynamodb:PutItem", books), sets).outcome).toBe("implicitDeny");
  const denied = decide(request("dynamodb:GetItem", `${books}2`), sets);
  expect(denialMessage(denied)).toBe(
    `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: dynamodb:GetItem on resource: ${books}2 with an explicit deny in an identity-based policy`,
  );
  expect(describeDecision(denied)).toContain("denied by statement no. 2 of identity-based policy `identity-policy`");
});

test("cluster names match in any letter case", () => {
  const sets = identitySets(allow("dax:*", cluster));
  expect(decide(request("dax:GetItem", cluster.toLowerCase()), sets).outcome).toBe("allowed");
});

test("a service assumes the role that trusts it", () => {
  const trust = policy("trust", {
    Effect: "Allow",
    Principal: { Service: "dax.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const role = `arn:aws:iam::${account}:role/DAXServiceRole`;
  for (const [principal, outcome] of [
    [dax, "allowed"],
    [alice, "implicitDeny"],
    [bobSession, "implicitDeny"],
  ] as const) {
    const sets = { identity: [policy("identity", allow("*"))], resource: [trust] };
    expect(decideAssumeRole(request("sts:AssumeRole", role, { principal }), sets).outcome).toBe(outcome);
  }
});

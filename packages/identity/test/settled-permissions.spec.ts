import { DeleteUserPolicyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { type PermissionRequest, permission } from "@hotkeep/core";
import { compilePolicy, parsePolicy } from "@hotkeep/policy";
import type { CallContext, SigningCredentials } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, booksArn, World } from "./world.js";

const allow = (more: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: booksArn, ...more }],
  });

describe("permissions that are decided once", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const callOf = ({ accessKeyId }: SigningCredentials, sourceIp = "127.0.0.1"): CallContext => ({
    service: "dynamodb",
    operation: "GetItem",
    principal: world.identity.credentials.find(accessKeyId)!.principal,
    accessKeyId,
    account,
    region: "us-west-2",
    requestId: "r",
    now: world.clock.now(),
    secureTransport: false,
    sourceIp,
  });
  const may = (call: CallContext, request: PermissionRequest = permission("dynamodb:GetItem", booksArn)): boolean => {
    try {
      world.identity.authorizer.authorize(call, [request]);
      return true;
    } catch (error) {
      expect((error as Error).message).toContain("is not authorized to perform");
      return false;
    }
  };

  it("end with the policy that gave them, and begin with it again", async () => {
    const user = await world.userWith("bob", allow());
    const call = callOf(user);
    expect([may(call), may(call), may(call)]).toEqual([true, true, true]);
    await world.iam().send(new DeleteUserPolicyCommand({ UserName: "bob", PolicyName: "p" }));
    expect([may(call), may(call)]).toEqual([false, false]);
    await world.iam().send(new PutUserPolicyCommand({ UserName: "bob", PolicyName: "p", PolicyDocument: allow() }));
    expect(may(call)).toBe(true);
    const deny = allow({ Effect: "Deny" });
    await world.iam().send(new PutUserPolicyCommand({ UserName: "bob", PolicyName: "q", PolicyDocument: deny }));
    expect(may(call)).toBe(false);
  });

  it("are the caller's, the action's and the resource's own", async () => {
    const bob = callOf(await world.userWith("bob", allow()));
    const eve = callOf(await world.userWith("eve", allow({ Action: "dynamodb:Query" })));
    expect(may(bob)).toBe(true);
    expect(may(eve)).toBe(false);
    expect(may(bob, permission("dynamodb:Query", booksArn))).toBe(false);
    expect(may(bob, permission("dynamodb:GetItem", `${booksArn}2`))).toBe(false);
  });

  it("are none where a condition looked at the call", async () => {
    const user = await world.userWith("bob", allow({ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }));
    expect(may(callOf(user, "10.1.2.3"))).toBe(true);
    expect(may(callOf(user, "11.1.2.3"))).toBe(false);
    const leading = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["mine"] } };
    const reader = callOf(await world.userWith("reader", allow({ Condition: leading })));
    const reading = (key: string) => permission("dynamodb:GetItem", booksArn, { "dynamodb:LeadingKeys": [key] });
    expect([may(reader, reading("mine")), may(reader, reading("yours"))]).toEqual([true, false]);
  });

  it("end for a Deny whose condition nobody met before", async () => {
    const deny = { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } };
    const { Statement, Version } = JSON.parse(allow()) as { Statement: object[]; Version: string };
    const user = await world.userWith("bob", JSON.stringify({ Version, Statement: [...Statement, deny] }));
    expect(may(callOf(user))).toBe(true);
    expect(may({ ...callOf(user), secureTransport: true })).toBe(false);
  });

  it("give way to policies on the resource", async () => {
    let hanging = false;
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Principal: "*", Action: "dynamodb:*", Resource: booksArn }],
    });
    const compiled = compilePolicy(parsePolicy(document, "resource"), { kind: "resource", name: "table" });
    world.identity.useResourcePolicies(() => (hanging ? [compiled] : undefined));
    const call = callOf(await world.userWith("bob", allow()));
    expect([may(call), may(call)]).toEqual([true, true]);
    hanging = true;
    expect(may(call)).toBe(false);
    hanging = false;
    expect(may(call)).toBe(true);
  });
});

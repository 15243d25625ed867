import type { ContextValues, Principal } from "@hotkeep/core";
import { type CallFacts, principalContext } from "@hotkeep/policy";
import { expect, test } from "vitest";
import { account, alice, bobSession, dax, federated, nobody, root } from "./support.js";

const facts: CallFacts = { nowMs: Date.UTC(2026, 10, 23, 3, 4, 5, 678), region: "us-west-2", secureTransport: false };
const always = {
  "aws:CurrentTime": "2026-11-23T03:04:05Z",
  "aws:EpochTime": "1795403045",
  "aws:PrincipalIsAWSService": "false",
  "aws:ViaAWSService": "false",
  "aws:RequestedRegion": "us-west-2",
  "aws:SecureTransport": "false",
};

const principals: readonly (readonly [Principal, ContextValues])[] = [
  [
    root,
    {
      "aws:PrincipalArn": `arn:aws:iam::${account}:root`,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": "Account",
      "aws:userid": account,
    },
  ],
  [
    alice,
    {
      "aws:PrincipalArn": `arn:aws:iam::${account}:user/Alice`,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": "User",
      "aws:userid": "AIDAALICEALICEALICE22",
      "aws:username": "Alice",
    },
  ],
  [
    bobSession,
    {
      "aws:PrincipalArn": `arn:aws:iam::${account}:role/team/BobUserRole`,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": "AssumedRole",
      "aws:userid": "AROABOBBOBBOBBOBBOB22:bob-session",
    },
  ],
  [
    federated,
    {
      "aws:PrincipalArn": `arn:aws:sts::${account}:federated-user/Fred`,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": "FederatedUser",
      "aws:userid": `${account}:Fred`,
    },
  ],
  [dax, { "aws:PrincipalServiceName": "dax.amazonaws.com", "aws:PrincipalIsAWSService": "true" }],
  [nobody, { "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous" }],
];

test.each(principals)("the keys that %j brings along", (principal, keys) => {
  expect(principalContext(principal, facts)).toEqual({ ...always, ...keys });
});

const extra: readonly (readonly [string, Partial<CallFacts>, ContextValues])[] = [
  ["an address", { sourceIp: "203.0.113.7" }, { "aws:SourceIp": "203.0.113.7" }],
  ["a mapped address", { sourceIp: "::ffff:127.0.0.1" }, { "aws:SourceIp": "127.0.0.1" }],
  ["a v6 address", { sourceIp: "::1" }, { "aws:SourceIp": "::1" }],
  ["encryption", { secureTransport: true }, { "aws:SecureTransport": "true" }],
  ["headers", { userAgent: "aws-cli", referer: "x" }, { "aws:UserAgent": "aws-cli", "aws:Referer": "x" }],
  [
    "a session without second factor",
    { session: { issuedAtMs: Date.UTC(2026, 10, 23, 3) } },
    { "aws:TokenIssueTime": "2026-11-23T03:00:00Z", "aws:MultiFactorAuthPresent": "false" },
  ],
  [
    "a session with second factor",
    { session: { issuedAtMs: Date.UTC(2026, 10, 23, 3), mfaAtMs: Date.UTC(2026, 10, 23, 2, 59) } },
    {
      "aws:TokenIssueTime": "2026-11-23T03:00:00Z",
      "aws:MultiFactorAuthPresent": "true",
      "aws:MultiFactorAuthAge": "305",
    },
  ],
  [
    "source identity and provider",
    { session: { issuedAtMs: 0, sourceIdentity: "alice", federatedProvider: "example.com" } },
    {
      "aws:TokenIssueTime": "1970-01-01T00:00:00Z",
      "aws:MultiFactorAuthPresent": "false",
      "aws:SourceIdentity": "alice",
      "aws:FederatedProvider": "example.com",
    },
  ],
  ["tags", { principalTags: { Team: "blue" } }, { "aws:PrincipalTag/Team": "blue" }],
  [
    "what a service acts for",
    { sourceArn: "arn:aws:dax:us-west-2:1:cache/c", sourceAccount: "1" },
    { "aws:SourceArn": "arn:aws:dax:us-west-2:1:cache/c", "aws:SourceAccount": "1" },
  ],
];

test.each(extra)("the keys of %s", (_name, more, keys) => {
  expect(principalContext(alice, { ...facts, ...more })).toEqual({ ...principalContext(alice, facts), ...keys });
});

import type { ContextValues, Principal } from "@hotkeep/core";
import {
  type CompiledPolicy,
  compilePolicy,
  decide as decideRequest,
  type PolicySets,
  parsePolicy,
} from "@hotkeep/policy";
import type { Figures } from "./figures.js";

const account = "123456789012";
const cluster = `arn:aws:dax:us-west-2:${account}:cache/daxcluster01`;
const books = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;
const arn = `arn:aws:iam::${account}:user/Alice`;
const principal: Principal = { kind: "user", account, arn, id: "AIDAALICEALICEALICE22", name: "Alice" };
const context: ContextValues = {
  "aws:PrincipalArn": arn,
  "aws:PrincipalAccount": account,
  "aws:PrincipalType": "User",
  "aws:userid": "AIDAALICEALICEALICE22",
  "aws:username": "Alice",
  "aws:CurrentTime": "2026-01-01T00:00:00Z",
  "aws:EpochTime": "1767225600",
  "aws:SecureTransport": "false",
  "aws:SourceIp": "127.0.0.1",
  "aws:RequestedRegion": "us-west-2",
};

function policy(kind: "identity" | "boundary", ...statements: readonly object[]): CompiledPolicy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return compilePolicy(parsePolicy(text, kind), { kind, name: "policy" });
}

const allow = (Action: string | readonly string[], Resource = "*") => ({ Effect: "Allow", Action, Resource });
const items = ["GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
const serviceRoleActions = [...items, "ConditionCheckItem", "DescribeTable"].map((name) => `dynamodb:${name}`);
const elsewhere = policy("identity", allow(["s3:Get*", "ec2:*", "sqs:Send*"]), {
  Effect: "Deny",
  Action: "iam:*",
  Resource: "*",
});

interface Case {
  readonly title: string;
  readonly figure: string;
  readonly action: string;
  readonly resource: string;
  readonly sets: PolicySets;
}

const cases: readonly Case[] = [
  {
    title: "a caller at a cluster: dax:* on its ARN",
    figure: "caller_ns",
    action: "dax:GetItem",
    resource: cluster,
    sets: { identity: [policy("identity", allow("dax:*", cluster))] },
  },
  {
    title: "a service role at a table: ten actions on its ARN",
    figure: "service_role_ns",
    action: "dynamodb:GetItem",
    resource: books,
    sets: { identity: [policy("identity", allow(serviceRoleActions, books))] },
  },
  {
    title: "an administrator inside a boundary",
    figure: "bounded_ns",
    action: "dynamodb:GetItem",
    resource: books,
    sets: { identity: [policy("identity", allow("*"))], boundary: [policy("boundary", allow("dynamodb:*"))] },
  },
  {
    title: "wildcards in actions and in the ARN",
    figure: "wildcards_ns",
    action: "dynamodb:GetItem",
    resource: books,
    sets: { identity: [policy("identity", allow(["dynamodb:Get*", "dynamodb:Q*"], "arn:aws:dynamodb:*:*:table/B*"))] },
  },
  {
    title: "the tenth of ten policies, twenty statements",
    figure: "ten_policies_ns",
    action: "dax:GetItem",
    resource: cluster,
    sets: { identity: [...Array<CompiledPolicy>(9).fill(elsewhere), policy("identity", allow("dax:*", cluster))] },
  },
  {
    title: "nothing allows it",
    figure: "denied_ns",
    action: "dynamodb:GetItem",
    resource: books,
    sets: { identity: [policy("identity", allow("dax:*", cluster))] },
  },
  {
    title: "for comparison, two conditions: user name and network",
    figure: "conditions_ns",
    action: "dynamodb:GetItem",
    resource: books,
    sets: {
      identity: [
        policy("identity", {
          ...allow("dynamodb:*"),
          Condition: { StringEquals: { "aws:username": "Alice" }, IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
        }),
      ],
    },
  },
];

/** CPU time of one decision in nanoseconds. The outcomes are counted, so that none can be left out. */
function measure({ action, resource, sets, figure }: Case, seconds: number): number {
  const expected = figure === "denied_ns" ? "implicitDeny" : "allowed";
  const batch = 20_000;
  const started = process.cpuUsage();
  let done = 0;
  let usedMicroseconds = 0;
  while (usedMicroseconds < seconds * 1e6) {
    for (let i = 0; i < batch; i++) {
      if (decideRequest({ principal, action, resource, context }, sets).outcome === expected) done++;
    }
    const { user, system } = process.cpuUsage(started);
    usedMicroseconds = user + system;
    if (done % batch !== 0) throw new Error(`${figure}: a decision was not ${expected}`);
  }
  return (usedMicroseconds * 1000) / done;
}

function middle(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!);
}

/** CPU time of decisions over compiled policies; all but the last case have nothing dynamic in them. */
export async function decide({ rounds, seconds }: { rounds: number; seconds: number }): Promise<Figures> {
  const perCase = seconds / cases.length;
  for (const each of cases) measure(each, perCase);
  const samples = cases.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [at, each] of cases.entries()) samples[at]!.push(measure(each, perCase));
  }
  process.stdout.write(`CPU time of one decision, medians of ${rounds}\n`);
  for (const [at, { title }] of cases.entries()) {
    process.stdout.write(`  ${title.padEnd(56)}${String(middle(samples[at]!)).padStart(6)} ns\n`);
  }
  return Object.fromEntries(cases.map(({ figure }, at) => [figure, middle(samples[at]!)]));
}

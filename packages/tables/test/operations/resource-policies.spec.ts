import type { PermissionRequest, Principal } from "@hotkeep/core";
import type { CompiledPolicy } from "@hotkeep/policy";
import type { CallContext } from "@hotkeep/protocols";
import type { PolicyPrincipals } from "@hotkeep/tables";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { account, Harness, region } from "../harness.js";
import { enableStream } from "../streams/stream-reader.js";

const arn = `arn:aws:dynamodb:${region}:${account}:table/Books`;
const ann = `arn:aws:iam::${account}:user/Ann`;

const statement = (changes: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS: ann },
  Action: "dynamodb:GetItem",
  Resource: arn,
  ...changes,
});
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allowed = policy(statement());

/** An account with Ann in it, whose id is AIDAANN. */
const principals: PolicyPrincipals & { lockedOut: boolean; asked: PermissionRequest[] } = {
  lockedOut: false,
  asked: [],
  bind: (document) => (document.includes("Nobody") ? undefined : document.replaceAll(ann, "AIDAANNANNANNANNANNAN")),
  show: (document) => document.replaceAll("AIDAANNANNANNANNANNAN", ann),
  wouldAllow(_call: CallContext, request: PermissionRequest, _policies: readonly CompiledPolicy[]) {
    this.asked.push(request);
    return !this.lockedOut;
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open({}, { policyPrincipals: principals });
  await harness.createTable("Books", "Author:S", "Title:S");
});
afterAll(() => harness.close());
beforeEach(async () => {
  principals.lockedOut = false;
  harness.clock.advance(1000);
  await harness.call("DeleteResourcePolicy", { ResourceArn: arn });
});

const put = (Policy: string, more: object = {}) =>
  harness.call("PutResourcePolicy", { ResourceArn: arn, Policy, ...more });
const read = () => harness.call("GetResourcePolicy", { ResourceArn: arn });
const root: Principal = { kind: "root", account };
const inForce = (resource: string, action = "dynamodb:GetItem", principal: Principal = root) =>
  harness.tables.policiesFor({ principal, action, resource });

describe("the operations on resource policies", () => {
  it("need a permission of their own name on the table", async () => {
    for (const [name, more] of [
      ["PutResourcePolicy", { Policy: allowed }],
      ["GetResourcePolicy", {}],
      ["DeleteResourcePolicy", {}],
    ] as const) {
      expect(await harness.needs(name, { ResourceArn: arn, ...more })).toEqual([
        { action: `dynamodb:${name}`, resource: arn },
      ]);
    }
  });

  it("keep a policy in its canonical form and give it the time as its revision", async () => {
    const loose = `{
      "Statement": { "Resource": ["${arn}"], "Action": ["dynamodb:GetItem"], "Effect": "allow",
        "Principal": { "AWS": ["${account}", "arn:aws:iam::${account}:root"] }, "Sid": "One" },
      "Version": "2012-10-17" }`;
    const { RevisionId } = await put(loose);
    expect(RevisionId).toBe(String(harness.clock.now()));
    expect(await read()).toEqual({
      Policy:
        `{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow",` +
        `"Principal":{"AWS":"arn:aws:iam::${account}:root"},"Action":"dynamodb:GetItem","Resource":"${arn}"}]}`,
      RevisionId,
    });
  });

  it("give the same policy the same revision, another one a later one, in the same millisecond too", async () => {
    const { RevisionId: first } = await put(allowed);
    harness.clock.advance(5000);
    expect(await put(JSON.stringify(JSON.parse(allowed), undefined, 2))).toEqual({ RevisionId: first });
    const { RevisionId: second } = await put(policy(statement({ Action: "dynamodb:PutItem" })));
    const { RevisionId: third } = await put(allowed);
    expect(second > first && third > second).toBe(true);
  });

  it("change only the revision that is expected", async () => {
    const fault = async (input: object) => {
      const { code, message } = await harness.failure("PutResourcePolicy", {
        ResourceArn: arn,
        Policy: policy(statement({ Action: "dynamodb:Query" })),
        ...input,
      });
      expect(code).toBe("PolicyNotFoundException");
      return message.replace("Resource-based policy not found for the provided ResourceArn: ", "");
    };
    const { RevisionId } = await put(allowed, { ExpectedRevisionId: "NO_POLICY" });
    expect(await fault({ ExpectedRevisionId: "NO_POLICY" })).toBe(
      `Requested policy update expecting none to be present for table Books, but a policy exists with revision id ${RevisionId}.`,
    );
    expect(await fault({ ExpectedRevisionId: "1" })).toBe(
      "Requested update for policy with revision id 1, but the policy associated to target table Books has revision id " +
        `${RevisionId}.`,
    );
    const { RevisionId: next } = await put(policy(statement({ Action: "dynamodb:Scan" })), {
      ExpectedRevisionId: RevisionId,
    });
    const stale = await harness.failure("DeleteResourcePolicy", { ResourceArn: arn, ExpectedRevisionId: RevisionId });
    expect(stale.code).toBe("PolicyNotFoundException");
    expect(await harness.call("DeleteResourcePolicy", { ResourceArn: arn, ExpectedRevisionId: next })).toEqual({
      RevisionId: next,
    });
  });

  it("answer where there is no policy as the service does", async () => {
    await harness.createTable("Bare", "pk:S");
    const ResourceArn = `${arn.slice(0, -5)}Bare`;
    expect(await harness.call("DeleteResourcePolicy", { ResourceArn })).toEqual({});
    expect(await harness.failure("GetResourcePolicy", { ResourceArn })).toMatchObject({
      code: "PolicyNotFoundException",
      message: `Resource-based policy not found for the provided ResourceArn: ${ResourceArn}`,
    });
    const input = { ResourceArn, Policy: allowed, ExpectedRevisionId: "1" };
    expect((await harness.failure("PutResourcePolicy", input)).message).toMatch(
      "Requested update for policy with revision id 1, but table Bare has no associated policy.",
    );
    await harness.call("PutResourcePolicy", { ResourceArn, Policy: allowed });
    harness.clock.advance(1000);
    await harness.call("DeleteResourcePolicy", { ResourceArn });
    // The trace of the removal: its time.
    expect(await harness.call("DeleteResourcePolicy", { ResourceArn })).toEqual({
      RevisionId: String(harness.clock.now()),
    });
  });

  it("refuse a policy that locks its maker out, unless that is confirmed", async () => {
    principals.lockedOut = true;
    principals.asked = [];
    const failure = await harness.failure("PutResourcePolicy", { ResourceArn: arn, Policy: allowed });
    expect([failure.code, failure.message]).toEqual([
      "AccessDenied",
      "The new resource policy will not allow you to update the resource policy in the future.",
    ]);
    expect(principals.asked).toEqual([{ action: "dynamodb:PutResourcePolicy", resource: arn }]);
    await put(allowed, { ConfirmRemoveSelfResourceAccess: true });
    expect((await read()).Policy).toBe(allowed);
  });

  it("show a policy without a version with the one it is read by", async () => {
    await put(JSON.stringify({ Statement: [statement()] }));
    expect(JSON.parse((await read()).Policy).Version).toBe("2008-10-17");
  });

  const other = (changes: Partial<Record<"account" | "region" | "partition", string>>) =>
    `arn:${changes.partition ?? "aws"}:dynamodb:${changes.region ?? region}:${changes.account ?? account}:table/Books`;
  it.each([
    ["Books", "One or more parameter values were invalid: ARNs must start with 'arn:': Books"],
    [other({ region: "us-east-1" }), /^One or more parameter values were invalid: Invalid resource Arn: arn:/],
    [other({ partition: "aws-cn" }), /^One or more parameter values were invalid: Invalid resource Arn: arn:/],
    [
      other({ account: "999999999999" }),
      "This action is only supported by accounts that match the resource owner’s account.",
    ],
    [
      `${arn}/index/ByTitle`,
      `One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}/index/ByTitle`,
    ],
    [
      `${arn}/backup/0170`,
      `One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: ${arn}/backup/0170`,
    ],
  ])("refuse the resource %s", async (ResourceArn, message) => {
    expect(await harness.refusal("GetResourcePolicy", { ResourceArn })).toMatch(message);
  });

  it("know neither a missing table nor a missing stream", async () => {
    const missing = async (ResourceArn: string) =>
      (await harness.failure("GetResourcePolicy", { ResourceArn })).message;
    expect(await missing(`${arn}_`)).toBe("Requested resource not found: Table: Books_ not found");
    expect(await missing(`${arn}/stream/2000-01-01T00:00:00.000`)).toBe(
      "Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found for Table: Books",
    );
  });
});

describe("a policy text", () => {
  const bad = "One or more parameter values were invalid: Invalid policy document: ";
  const without = (member: string) => {
    const { [member]: _, ...rest } = statement() as Record<string, unknown>;
    return policy(rest);
  };
  const stream = `${arn}/stream/2026-01-01T00:00:00.000`;
  it.each([
    ["{not json", `${bad}This policy contains invalid Json`],
    ["", `${bad}This policy contains invalid Json`],
    ["[]", `${bad}This policy contains invalid Json`],
    ["null", `${bad}This text appears not to be a policy`],
    ["{}", `${bad}Syntax error at position (1,3)`],
    [policy(), `${bad}Could not parse the policy: Statement is empty!`],
    [policy({}), `${bad}Missing required field Effect`],
    [without("Principal"), `${bad}Missing required field Principal`],
    [without("Resource"), `${bad}Missing required field Resource`],
    [policy(statement({ Sid: "A" }), statement({ Sid: "A" })), `${bad}The Statement Ids in the policy are not unique`],
    [
      policy(statement({ Action: ["dynamodb:GetRecords", "dynamodb:GetItem", "dynamodb:DescribeStream"] })),
      `${bad}The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream"`,
    ],
    [
      policy(statement({ Action: "dynamodb:ListTables" })),
      `${bad}The following action names are invalid: "dynamodb:ListTables"`,
    ],
    [
      policy(statement({ Resource: stream })),
      `${bad}The relative-id "table/Books/stream/2026-01-01T00:00:00.000" is invalid for ARN "${stream}".`,
    ],
    [
      policy(statement({ Principal: { AWS: `arn:aws:iam::${account}:user/Nobody` } })),
      "One or more parameter values were invalid: Invalid principal in policy document.",
    ],
    [
      policy(statement({ Principal: { AWS: "somebody" } })),
      "One or more parameter values were invalid: Invalid principal in policy document.",
    ],
    [policy(statement({ Condition: { NoSuch: { a: "b" } } })), `${bad}Syntax errors in policy.`],
    [
      `${allowed}${" ".repeat(21_000)}`,
      "One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded",
    ],
  ])("%s is refused", async (Policy, message) => {
    expect(await harness.refusal("PutResourcePolicy", { ResourceArn: arn, Policy })).toBe(message);
  });

  const unbounded =
    "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure least-privilege form of access";
  it("must not let everybody in", async () => {
    for (const changes of [
      { Principal: "*" },
      { Principal: { AWS: "*" } },
      { Principal: { AWS: [ann, "*"] } },
      { Principal: "*", Condition: { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*" } } },
      { Principal: "*", Condition: { StringNotEquals: { "aws:PrincipalAccount": account } } },
      { Principal: "*", Condition: { StringEquals: { "dynamodb:LeadingKeys": "a" } } },
      { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } },
    ]) {
      expect(await harness.refusal("PutResourcePolicy", { ResourceArn: arn, Policy: policy(statement(changes)) })).toBe(
        unbounded,
      );
    }
    const Principal = undefined;
    const notAnn = policy({ ...statement({ Principal }), NotPrincipal: { AWS: ann } });
    expect(await harness.refusal("PutResourcePolicy", { ResourceArn: arn, Policy: notAnn })).toBe(unbounded);
  });

  it("may keep everybody out, and let in everybody of fixed accounts, roles or addresses", async () => {
    await put(policy(statement({ Effect: "Deny", Principal: "*" })));
    await put(
      policy(statement({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": [account] } } })),
    );
    await put(policy(statement({ Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } })));
  });

  it("may speak of other tables, of indexes and of everything", async () => {
    await put(policy(statement({ Resource: ["*", `${arn}/index/*`, `${arn}2`], Action: "dynamodb:*" })));
    expect(JSON.parse((await read()).Policy).Statement[0].Resource).toEqual(["*", `${arn}/index/*`, `${arn}2`]);
  });
});

describe("the policies in force", () => {
  it("are the table's for the table and its indexes, and for nothing else", async () => {
    expect(inForce(arn)).toBeUndefined();
    const { RevisionId } = await put(allowed);
    expect(inForce(arn)?.map(({ source }) => source)).toEqual([
      { kind: "resource", name: `revision ${RevisionId}`, carrier: arn },
    ]);
    expect(inForce(`${arn}/index/ByTitle`)).toBe(inForce(arn));
    for (const resource of [`${arn}2`, `${arn}/backup/0170`, `${arn}/stream/2026`, "*"]) {
      expect(inForce(resource)).toBeUndefined();
    }
  });

  it("survive a restart and go with their table", async () => {
    await put(allowed);
    await harness.reopen();
    expect(inForce(arn)).toHaveLength(1);
    await harness.createTable("Passing", "pk:S", undefined, { ResourcePolicy: allowed });
    const passing = `${arn.slice(0, -5)}Passing`;
    expect(inForce(passing)).toHaveLength(1);
    await harness.call("DeleteTable", { TableName: "Passing" });
    expect(inForce(passing)).toBeUndefined();
    await harness.createTable("Passing", "pk:S");
    expect(inForce(passing)).toBeUndefined();
  });

  it("do not stop the account's root from removing one", async () => {
    await put(allowed);
    const user: Principal = { kind: "user", account, arn: ann, id: "AIDAANN", name: "Ann" };
    expect(inForce(arn, "dynamodb:DeleteResourcePolicy")).toBeUndefined();
    expect(inForce(arn, "dynamodb:DeleteResourcePolicy", user)).toHaveLength(1);
    expect(inForce(arn, "dynamodb:DeleteResourcePolicy", { kind: "root", account: "999999999999" })).toHaveLength(1);
  });

  it("can come with the table", async () => {
    const input = { ...created("Guarded"), ResourcePolicy: allowed };
    expect(await harness.needs("CreateTable", input)).toEqual([
      { action: "dynamodb:CreateTable", resource: `${arn.slice(0, -5)}Guarded` },
      { action: "dynamodb:PutResourcePolicy", resource: `${arn.slice(0, -5)}Guarded` },
    ]);
    await harness.call("CreateTable", input);
    const ResourceArn = `${arn.slice(0, -5)}Guarded`;
    expect((await harness.call("GetResourcePolicy", { ResourceArn })).Policy).toBe(allowed);
    expect(await harness.refusal("CreateTable", { ...created("Other"), ResourcePolicy: "{" })).toMatch(
      "Invalid policy document: This policy contains invalid Json",
    );
  });
});

describe("a stream's policy", () => {
  let stream: string;
  beforeAll(async () => {
    await harness.createTable("Watched", "pk:S");
    stream = await enableStream(harness, "Watched");
  });
  const ofStream = (changes: object = {}) =>
    policy(statement({ Action: "dynamodb:GetRecords", Resource: stream, ...changes }));
  const putOn = (ResourceArn: string, Policy: string) => harness.call("PutResourcePolicy", { ResourceArn, Policy });

  it("is apart from the table's", async () => {
    const watched = stream.slice(0, stream.indexOf("/stream/"));
    const { RevisionId } = await putOn(stream, ofStream());
    expect(await harness.call("GetResourcePolicy", { ResourceArn: stream })).toEqual({
      Policy: ofStream(),
      RevisionId,
    });
    expect((await harness.failure("GetResourcePolicy", { ResourceArn: watched })).code).toBe("PolicyNotFoundException");
    await putOn(watched, allowed);
    expect([inForce(stream), inForce(watched)].map((policies) => policies?.[0]?.source.carrier)).toEqual([
      stream,
      watched,
    ]);
    await harness.call("DeleteResourcePolicy", { ResourceArn: watched });
    expect([inForce(stream), inForce(watched)].map((policies) => policies?.length)).toEqual([1, undefined]);
  });

  it("speaks of the stream's own actions on streams only", async () => {
    const bad = "One or more parameter values were invalid: Invalid policy document: ";
    const refusal = (Policy: string) => harness.refusal("PutResourcePolicy", { ResourceArn: stream, Policy });
    expect(await refusal(ofStream({ Action: "dynamodb:ListStreams" }))).toBe(
      `${bad}The following action names are invalid: "dynamodb:ListStreams"`,
    );
    expect(await refusal(ofStream({ Resource: arn }))).toBe(
      `${bad}The relative-id "table/Books" is invalid for ARN "${arn}".`,
    );
  });

  it("survives a restart, and the table while the stream can be read", async () => {
    await putOn(stream, ofStream());
    await harness.reopen();
    expect(inForce(stream)).toHaveLength(1);
    await harness.call("DeleteTable", { TableName: "Watched" });
    expect(inForce(stream)).toHaveLength(1);
    await harness.call("DeleteResourcePolicy", { ResourceArn: stream });
    expect(inForce(stream)).toBeUndefined();
  });
});

const created = (TableName: string) => ({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
});

import { setTimeout as wait } from "node:timers/promises";
import { startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaseHouse, itemActions, type Person, policyOf, statement } from "../src/identity/case-house.js";
import { keysOf, trusting } from "../src/identity/suspects.js";

let house: CaseHouse;
let table: string;
let cluster: string;

const names = itemActions.map(([action]) => action);
const full = ["DescribeTable", ...names];
const may = (actions: readonly string[], resource = table): object => statement("dynamodb", actions, resource);
const mayDax = (actions: readonly string[], resource = cluster): object => statement("dax", actions, resource);
const result = async (outcome: Promise<{ readonly result: string }>): Promise<string> => (await outcome).result;

beforeAll(async () => {
  house = new CaseHouse(await startHotkeep());
  table = house.tableArn();
  cluster = house.clusterArn();
  await house.bareServiceRole();
});
afterAll(() => house?.stop());

describe("two security models", () => {
  it("AC-01: dax: decides one path and dynamodb: the other, and neither reads the other's", async () => {
    await house.serviceMay([may(full)]);
    const dax = await house.user([mayDax(["*"])]);
    expect([await result(dax.viaDax("G")), await result(dax.direct("G"))]).toEqual(["A", "d"]);
    const direct = await house.user([may(["*"])]);
    expect([await result(direct.viaDax("G")), await result(direct.direct("G"))]).toEqual(["d1", "A"]);
  });

  it("AC-02: one document may speak of both, and one engine reads it", async () => {
    await house.serviceMay([may(full)]);
    const both = await house.user([
      { Effect: "Allow", Action: ["dax:GetItem", "dynamodb:GetItem"], Resource: [cluster, table] },
    ]);
    expect([await result(both.viaDax("G")), await result(both.direct("G"))]).toEqual(["A", "A"]);
    expect([await result(both.viaDax("P")), await result(both.direct("P"))]).toEqual(["d1", "d"]);
    const simulated = await house.root.iam.simulatePrincipalPolicy({
      PolicySourceArn: both.arn,
      ActionNames: ["dax:GetItem", "dax:PutItem"],
      ResourceArns: [cluster],
    });
    expect(simulated.EvaluationResults!.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
  });

  it("AC-03, AC-04: in DynamoDB's model each user has own actions on own tables", async () => {
    await house.table("Magazines");
    const reader = await house.user([may(["GetItem", "Query", "Scan", "BatchGetItem"])]);
    const writer = await house.user([may(["PutItem", "UpdateItem"])]);
    for (const column of ["G", "Q", "S", "BG"] as const) {
      expect(await result(reader.direct(column))).toBe("A");
      expect(await result(reader.direct(column, "Magazines"))).toBe("d");
      expect(await result(writer.direct(column))).toBe("d");
    }
    for (const column of ["P", "U"] as const) {
      expect(await result(reader.direct(column))).toBe("d");
      expect(await result(writer.direct(column))).toBe("A");
      expect(await result(writer.direct(column, "Magazines"))).toBe("d");
    }
  });

  it("AC-05: in DAX's model the cluster's permissions say what can be touched", async () => {
    await house.serviceMay([may(["DescribeTable", "GetItem"])]);
    const alice = await house.user([mayDax(["*"])]);
    expect([await result(alice.viaDax("G")), await result(alice.viaDax("P"))]).toEqual(["A", "d2"]);
  });

  it("AC-06: a user without any dynamodb: permission reads through DAX", async () => {
    await house.serviceMay([may(full)]);
    const alice = await house.user([mayDax(["GetItem"])]);
    expect([await result(alice.direct("G")), await result(alice.viaDax("G"))]).toEqual(["d", "A"]);
  });

  it("AC-07: and so does one whom a policy denies dynamodb: explicitly", async () => {
    await house.serviceMay([may(full)]);
    const deny = statement("dynamodb", ["*"], "*", { effect: "Deny" });
    const mallory = await house.user([mayDax(["*"]), may(["*"]), deny]);
    const direct = await mallory.direct("G");
    expect(direct).toMatchObject({ result: "d", message: expect.stringContaining("with an explicit deny") });
    expect(await result(mallory.viaDax("G"))).toBe("A");
  });

  it("AC-08: what one user brought into the cache is served to another", async () => {
    await house.serviceMay([may(full)]);
    const [first, second] = [await house.user([mayDax(["GetItem"])]), await house.user([mayDax(["GetItem"])])];
    const Key = { Author: { S: "AC-08" }, Title: { S: "cached" } };
    const { dynamodb } = house.root;
    await dynamodb.putItem({ TableName: "Books", Item: { ...Key, Owner: { S: "before" } } });
    const read = async (person: Person) =>
      ((await person.dax().getItem({ TableName: "Books", Key })) as { Item?: unknown }).Item;
    expect(await read(first)).toEqual({ ...Key, Owner: { S: "before" } });
    await dynamodb.putItem({ TableName: "Books", Item: { ...Key, Owner: { S: "after" } } });
    expect(await read(second)).toEqual({ ...Key, Owner: { S: "before" } });
  });

  it("AC-09: at the table everybody is the service role's session", async () => {
    const role = (await house.root.iam.getRole({ RoleName: "DAXServiceRole" })).Role!;
    const alice = await house.user([mayDax(["*"])]);
    const whoever = (condition: object) => statement("dynamodb", full, table, { condition });
    await house.serviceMay([whoever({ ArnEquals: { "aws:PrincipalArn": alice.arn } })]);
    expect(await alice.viaDax("G")).toMatchObject({
      result: "d2",
      message: expect.stringContaining(`User: arn:aws:sts::${house.account}:assumed-role/DAXServiceRole/`),
    });
    await house.serviceMay([
      whoever({ ArnEquals: { "aws:PrincipalArn": role.Arn }, StringLike: { "aws:userid": `${role.RoleId}:*` } }),
    ]);
    expect(await result(alice.viaDax("G"))).toBe("A");
    const { iam } = house.root;
    const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn: role.Arn! });
    let report = await iam.getServiceLastAccessedDetails({ JobId: JobId! });
    while (report.JobStatus === "IN_PROGRESS") report = await iam.getServiceLastAccessedDetails({ JobId: JobId! });
    const used = report.ServicesLastAccessed!.find(({ ServiceNamespace }) => ServiceNamespace === "dynamodb");
    expect(used).toMatchObject({ LastAuthenticatedEntity: role.Arn });
  });

  it("AC-10: a user's boundary and session policy do not limit what DAX does at the table", async () => {
    await house.serviceMay([may(full)]);
    const { iam } = house.root;
    const { Policy } = await iam.createPolicy({ PolicyName: "OnlyDax", PolicyDocument: policyOf(mayDax(["*"], "*")) });
    const bounded = await house.user([mayDax(["*"]), may(["*"])], { boundary: Policy!.Arn! });
    expect([await result(bounded.direct("G")), await result(bounded.viaDax("G"))]).toEqual(["d", "A"]);

    const helper = await house.user([statement("sts", ["AssumeRole"], "*")]);
    await iam.createRole({ RoleName: "Both", AssumeRolePolicyDocument: trusting({ AWS: helper.arn }) });
    await iam.putRolePolicy({ RoleName: "Both", PolicyName: "p", PolicyDocument: policyOf(mayDax(["*"]), may(["*"])) });
    const made = await helper.aws.sts.assumeRole({
      RoleArn: `arn:aws:iam::${house.account}:role/Both`,
      RoleSessionName: "narrow",
      Policy: policyOf(mayDax(["*"])),
    });
    const session = house.person("narrow", made.AssumedRoleUser!.Arn!, keysOf(made.Credentials), async () => undefined);
    expect([await result(session.direct("G")), await result(session.viaDax("G"))]).toEqual(["d", "A"]);
  });

  it("AC-11: leading keys bind the service role, and not the user", async () => {
    const only = (author: string) => ({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [author] } });
    const alice = await house.user([mayDax(["*"]), statement("dynamodb", ["*"], table, { condition: only("nobody") })]);
    const read = (author: string) =>
      alice.dax().getItem({ TableName: "Books", Key: { Author: { S: author }, Title: { S: `AC-11 ${author}` } } });
    await house.serviceMay([may(full)]);
    await read("anybody");
    await house.serviceMay([
      may(["DescribeTable"]),
      statement("dynamodb", ["GetItem"], table, { condition: only("somebody") }),
    ]);
    await read("somebody");
    await expect(read("somebody else")).rejects.toMatchObject({
      message: expect.stringContaining("assumed-role/DAXServiceRole/"),
    });
  });
});

describe("two clusters", () => {
  const second = "DAXCluster02";
  const serviceRole = "SecondServiceRole";
  const available = async (): Promise<void> => {
    for (;;) {
      const { Clusters } = await house.root.dax.describeClusters({ ClusterNames: [second] });
      const { Status, ClusterDiscoveryEndpoint: at } = Clusters![0]!;
      if (Status === "available") {
        house.addCluster(second, `dax://${at!.Address}:${at!.Port}`);
        return;
      }
      await wait(20);
    }
  };

  beforeAll(async () => {
    await house.table("Second");
    const { iam, dax } = house.root;
    await iam.createRole({
      RoleName: serviceRole,
      Path: "/service-role/",
      AssumeRolePolicyDocument: trusting({ Service: "dax.amazonaws.com" }),
    });
    await house.serviceMay([may(full, house.tableArn("Second"))], serviceRole);
    await house.serviceMay([may(full)]);
    await dax.createCluster({
      ...{ ClusterName: second, NodeType: "dax.t3.small", ReplicationFactor: 1 },
      IamRoleArn: `arn:aws:iam::${house.account}:role/service-role/${serviceRole}`,
    });
    await available();
  });

  it("AC-12: reach one table each, and users reach each table through its own cluster", async () => {
    const first = await house.user([mayDax(["*"])]);
    expect(await result(first.viaDax("G"))).toBe("A");
    expect(await result(first.viaDax("G", "Second"))).toBe("d2");
    expect(await result(first.viaDax("G", "Second", second))).toBe("d1");
    const both = await house.user([mayDax(["*"], house.clusterArn("*"))]);
    expect(await result(both.viaDax("G"))).toBe("A");
    expect(await result(both.viaDax("G", "Second", second))).toBe("A");
    expect(await result(both.viaDax("G", "Books", second))).toBe("d2");
    expect(await result(both.viaDax("G", "Second"))).toBe("d2");
  });

  it("AC-13: have endpoints, roles and caches of their own", async () => {
    const { Clusters } = await house.root.dax.describeClusters({});
    expect(Clusters!.map(({ IamRoleArn }) => IamRoleArn).sort()).toEqual([
      `arn:aws:iam::${house.account}:role/DAXServiceRole`,
      `arn:aws:iam::${house.account}:role/service-role/${serviceRole}`,
    ]);
    expect(new Set(Clusters!.map(({ ClusterDiscoveryEndpoint: at }) => `${at!.Address}:${at!.Port}`)).size).toBe(2);
    await house.serviceMay([may(full, house.tableArn("*"))], serviceRole);
    const both = await house.user([mayDax(["*"], "*")]);
    const Key = { Author: { S: "AC-13" }, Title: { S: "cached" } };
    const read = async (name: string) =>
      ((await both.dax(name).getItem({ TableName: "Books", Key })) as { Item?: { Year?: unknown } }).Item?.Year;
    await house.root.dynamodb.putItem({ TableName: "Books", Item: { ...Key, Year: { N: "1" } } });
    expect(await read("DAXCluster01")).toEqual({ N: "1" });
    await house.root.dynamodb.putItem({ TableName: "Books", Item: { ...Key, Year: { N: "2" } } });
    expect([await read(second), await read("DAXCluster01")]).toEqual([{ N: "2" }, { N: "1" }]);
  });

  it("AC-27, AC-30: a policy for one cluster opens that one, for its actions only", async () => {
    const alice = await house.user([mayDax(["GetItem"])]);
    expect(await result(alice.viaDax("G"))).toBe("A");
    expect(await alice.viaDax("P")).toMatchObject({ result: "d1", message: expect.stringContaining("dax:PutItem") });
    expect(await result(alice.viaDax("G", "Second", second))).toBe("d1");
  });
});

describe("the service role", () => {
  it.each(itemActions)("AC-17: without dynamodb:%s exactly that operation fails, for every user", async (action) => {
    await house.serviceMay([may(full.filter((name) => name !== action))]);
    const people = [await house.user([mayDax(["*"])]), await house.user([mayDax(["*"])])];
    for (const person of people) {
      for (const [name, column] of itemActions) {
        expect(`${name} ${await result(person.viaDax(column))}`).toBe(`${name} ${name === action ? "d2" : "A"}`);
      }
    }
  });

  it("AC-22, AC-29, AC-32: with the documents' policy, and the user's dax:*, all nine operations work", async () => {
    const { iam } = house.root;
    await house.serviceMay([]);
    const PolicyArn = `arn:aws:iam::${house.account}:policy/DAXAccessPolicy`;
    await iam.attachRolePolicy({ RoleName: "DAXServiceRole", PolicyArn });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: "v1" });
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DaxAccessPolicy",
          Effect: "Allow",
          Action: expect.arrayContaining(full.map((action) => `dynamodb:${action}`)),
          Resource: [table],
        },
      ],
    });
    const alice = await house.user([mayDax(["*"])]);
    for (const [name, column] of itemActions) {
      expect(`${name} ${await result(alice.viaDax(column))}`).toBe(`${name} A`);
    }
    await iam.detachRolePolicy({ RoleName: "DAXServiceRole", PolicyArn });
  });

  it("AC-23: the first use of a table needs dynamodb:DescribeTable, and the message names it", async () => {
    await house.table("Fresh");
    await house.serviceMay([may(names, house.tableArn("Fresh"))]);
    const alice = await house.user([mayDax(["*"])]);
    expect(await alice.viaDax("G", "Fresh")).toMatchObject({
      result: "d2",
      message: expect.stringContaining("is not authorized to perform: dynamodb:DescribeTable on resource: "),
    });
    await house.serviceMay([may(full, house.tableArn("Fresh"))]);
    expect(await result(alice.viaDax("G", "Fresh"))).toBe("A");
  });

  it.each(itemActions)("AC-24: dynamodb:%s alone lets one operation through", async (action) => {
    await house.serviceMay([may(["DescribeTable", action])]);
    const alice = await house.user([mayDax(["*"])]);
    for (const [name, column] of itemActions) {
      expect(`${name} ${await result(alice.viaDax(column))}`).toBe(`${name} ${name === action ? "A" : "d2"}`);
    }
  });

  it("AC-25: Region, account and name in the ARN count, and an index is another resource", async () => {
    await house.table("Books2");
    const alice = await house.user([mayDax(["*"])]);
    const withAccess = [table, house.tableArn("Books*")];
    const without = [
      table.replace("us-west-2", "us-east-1"),
      table.replace(house.account, "999999999999"),
      `${table}2`,
    ];
    for (const resource of withAccess) {
      await house.serviceMay([may(full, resource)]);
      expect(`${resource} ${await result(alice.viaDax("G"))}`).toBe(`${resource} A`);
    }
    for (const resource of without) {
      await house.serviceMay([may(full, resource)]);
      expect(`${resource} ${await result(alice.viaDax("G"))}`).toBe(`${resource} d2`);
    }
    await house.serviceMay([may(full, house.tableArn("Books2"))]);
    expect([await result(alice.viaDax("Q", "Books2")), await result(alice.viaDax("QI", "Books2"))]).toEqual([
      "A",
      "d2",
    ]);
    await house.serviceMay([statement("dynamodb", full, [house.tableArn("Books2"), house.tableArn("Books2/index/*")])]);
    expect(await result(alice.viaDax("QI", "Books2"))).toBe("A");
  });
});

describe("the user's policy on the cluster", () => {
  it("AC-26: a grant after the cluster was made takes effect at once, on a connection that is open", async () => {
    await house.serviceMay([may(full)]);
    const alice = await house.user([mayDax(["Query"])]);
    expect([await result(alice.viaDax("Q")), await result(alice.viaDax("G"))]).toEqual(["A", "d1"]);
    const before = (await house.root.dax.describeClusters({ ClusterNames: ["DAXCluster01"] })).Clusters;
    await alice.allow(mayDax(["Query", "GetItem"]));
    expect(await result(alice.viaDax("G"))).toBe("A");
    expect((await house.root.dax.describeClusters({ ClusterNames: ["DAXCluster01"] })).Clusters).toEqual(before);
  });

  it("AC-28: AliceAccessPolicy gives access while it is attached", async () => {
    await house.serviceMay([may(full)]);
    const { iam } = house.root;
    const PolicyArn = `arn:aws:iam::${house.account}:policy/AliceAccessPolicy`;
    const arn = `arn:aws:iam::${house.account}:user/Alice`;
    const keys = house.hotkeep.credentials.alice!;
    const alice = house.person("Alice", arn, keys, async () => undefined);
    expect(await result(alice.viaDax("G"))).toBe("A");
    await iam.detachUserPolicy({ UserName: "Alice", PolicyArn });
    expect(await result(alice.viaDax("G"))).toBe("d1");
    await iam.attachUserPolicy({ UserName: "Alice", PolicyArn });
    expect(await result(alice.viaDax("G"))).toBe("A");
    // AC-31 with the documents' own policy.
    for (const [name, column] of itemActions) {
      expect(`${name} ${await result(alice.direct(column))}`).toBe(`${name} d`);
    }
  });

  it("AC-33: on a role it is every assuming user's", async () => {
    await house.serviceMay([may(full)]);
    const { iam } = house.root;
    const people = [
      await house.user([statement("sts", ["AssumeRole"], "*")]),
      await house.user([statement("sts", ["AssumeRole"], "*")]),
    ];
    const RoleArn = `arn:aws:iam::${house.account}:role/Shared`;
    await iam.createRole({
      RoleName: "Shared",
      AssumeRolePolicyDocument: trusting({ AWS: people.map(({ arn }) => arn) }),
    });
    await iam.attachRolePolicy({
      RoleName: "Shared",
      PolicyArn: `arn:aws:iam::${house.account}:policy/AliceAccessPolicy`,
    });
    for (const person of people) {
      const made = await person.aws.sts.assumeRole({ RoleArn, RoleSessionName: person.name });
      const session = house.person("s", made.AssumedRoleUser!.Arn!, keysOf(made.Credentials), async () => undefined);
      expect([await result(person.viaDax("G")), await result(session.viaDax("G"))]).toEqual(["d1", "A"]);
    }
  });

  it.each(itemActions)(
    "AC-34, AC-38, AC-39: %s needs the user's dax: and the service role's dynamodb:",
    async (action, column) => {
      const other = action === "GetItem" ? "Query" : "GetItem";
      const granted = await house.user([mayDax([action])]);
      const without = await house.user([mayDax(names.filter((name) => name !== action))]);
      await house.serviceMay([may(["DescribeTable", action])]);
      expect([await result(granted.viaDax(column)), await result(without.viaDax(column))]).toEqual(["A", "d1"]);
      await house.serviceMay([may(["DescribeTable", other])]);
      expect([await result(granted.viaDax(column)), await result(without.viaDax(column))]).toEqual(["d2", "d1"]);
      expect((await without.viaDax(column)).message).toContain(
        `is not authorized to perform: dax:${action} on resource: `,
      );
      expect(await result(granted.direct(column))).toBe("d");
    },
  );

  it("AC-39: there are no actions of their own for transactions", async () => {
    await house.serviceMay([may(full)]);
    const alice = await house.user([mayDax(["TransactGetItems", "TransactWriteItems", "Query"])]);
    expect([await result(alice.viaDax("TG")), await result(alice.viaDax("TW"))]).toEqual(["d1", "d1"]);
    await alice.allow(mayDax(["GetItem", "PutItem", "UpdateItem", "DeleteItem"]));
    expect([await result(alice.viaDax("TG")), await result(alice.viaDax("TW"))]).toEqual(["A", "A"]);
  });

  it("AC-40: dax:EnclosingOperation tells transactions from plain calls", async () => {
    await house.serviceMay([may(full)]);
    const inside = (operation: string) => ({ condition: { StringEquals: { "dax:EnclosingOperation": operation } } });
    const denied = statement("dax", ["*"], cluster, { effect: "Deny", ...inside("TransactWriteItems") });
    const plain = await house.user([mayDax(["*"]), denied]);
    for (const [column, expected] of [
      ["P", "A"],
      ["U", "A"],
      ["D", "A"],
      ["TG", "A"],
      ["TW", "d1"],
      ["CC", "d1"],
    ] as const) {
      expect(`${column} ${await result(plain.viaDax(column))}`).toBe(`${column} ${expected}`);
    }
    const within = await house.user([
      statement("dax", ["*"], cluster, inside("TransactWriteItems")),
      statement("dax", ["GetItem"], cluster, inside("TransactGetItems")),
      mayDax(["Scan"]),
    ]);
    for (const [column, expected] of [
      ["P", "d1"],
      ["U", "d1"],
      ["D", "d1"],
      ["G", "d1"],
      ["TG", "A"],
      ["TW", "A"],
      ["CC", "A"],
    ] as const) {
      expect(`${column} ${await result(within.viaDax(column))}`).toBe(`${column} ${expected}`);
    }
  });
});

it("AC-36, AC-37: the documents' entities are there together, and Bob acts as a session of his role", async () => {
  await house.serviceMay([may(full)]);
  const { iam, dax, dynamodb } = house.root;
  expect((await iam.getUser({ UserName: "Bob" })).User!.UserName).toBe("Bob");
  expect((await iam.getRole({ RoleName: "BobUserRole" })).Role!.RoleName).toBe("BobUserRole");
  expect((await iam.getRole({ RoleName: "DAXServiceRole" })).Role!.RoleName).toBe("DAXServiceRole");
  const { Policies } = await iam.listPolicies({ Scope: "Local" });
  expect(Policies!.map(({ PolicyName }) => PolicyName)).toEqual(
    expect.arrayContaining(["BobAccessPolicy", "DAXAccessPolicy", "AliceAccessPolicy"]),
  );
  expect((await dax.describeClusters({ ClusterNames: ["DAXCluster01"] })).Clusters).toHaveLength(1);
  expect((await dynamodb.describeTable({ TableName: "Books" })).Table!.TableName).toBe("Books");

  const bobArn = `arn:aws:iam::${house.account}:user/Bob`;
  const bob = house.person("Bob", bobArn, house.hotkeep.credentials.bob!, async () => undefined);
  expect([await result(bob.viaDax("G")), await result(bob.direct("G"))]).toEqual(["d1", "d"]);
  const RoleArn = `arn:aws:iam::${house.account}:role/BobUserRole`;
  const made = await bob.aws.sts.assumeRole({ RoleArn, RoleSessionName: "bob-session" });
  const arn = `arn:aws:sts::${house.account}:assumed-role/BobUserRole/bob-session`;
  expect(made.AssumedRoleUser!.Arn).toBe(arn);
  const session = house.person("bob-session", arn, keysOf(made.Credentials), async () => undefined);
  expect(await result(session.viaDax("G"))).toBe("A");
  expect(await session.direct("G")).toMatchObject({ result: "d", message: expect.stringContaining(`User: ${arn} `) });
});

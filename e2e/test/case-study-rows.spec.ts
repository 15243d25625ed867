import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CaseOperation, operations } from "../src/case-study/operations.js";
import { type Outcome, outcomeOf } from "../src/case-study/outcome.js";
import { type Column, type Scenario, scenarios } from "../src/case-study/scenarios.js";
import { allow, createWorld, policy, type World } from "../src/case-study/world.js";
import { awsClients, type DaxClient, daxClient, type Keys } from "../src/clients.js";

const operation = (column: Column): CaseOperation => operations.find((found) => found.column === column)!;
const scenario = (id: string): Scenario => scenarios.find((found) => found.id === id)!;
const prefixed = (service: string, actions: readonly string[]) => actions.map((action) => `${service}:${action}`);

const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));

let hotkeep: RunningHotkeep;
let world: World;
let dax: DaxClient;
let tag = 0;

beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
});
afterAll(() => hotkeep?.stop());

async function enter(id: string, changed: Partial<Scenario> = {}): Promise<void> {
  world = await createWorld(hotkeep, hotkeep.credentials.root!, hotkeep.account, { ...scenario(id), ...changed });
  dax = daxClient(world.daxEndpoint, hotkeep.region, world.bob);
}
afterEach(async () => {
  dax.close();
  await world.remove();
});

const viaDax = (column: Column, client = dax): Promise<Outcome> =>
  outcomeOf(() => operation(column).run(client, world.names.table, `row ${tag++}`), "dax");
const direct = async (column: Column, keys: Keys = world.bob): Promise<Outcome> => {
  const { dynamodb } = awsClients(hotkeep, keys);
  try {
    return await outcomeOf(() => operation(column).run(dynamodb, world.names.table, `row ${tag++}`), "direct");
  } finally {
    dynamodb.destroy();
  }
};
const bobPolicy = (daxActions: readonly string[], dynamoDbActions: readonly string[]): string =>
  policy(
    allow("DAXAccessStmt", "dax", daxActions, world.clusterArn),
    allow("DynamoDBAccessStmt", "dynamodb", dynamoDbActions, world.tableArn),
  );
const servicePolicy = (actions: readonly string[]): string =>
  policy(allow("DynamoDBAccessStmt", "dynamodb", actions, world.tableArn));

describe("rows CS-a to CS-i of the case study", () => {
  it("CS-a: without any dax: action the caller is refused although the service role may do everything", async () => {
    await enter("CS-2");
    await world.setServiceRole(policy({ Sid: "All", Effect: "Allow", Action: ["dynamodb:*"], Resource: "*" }));
    expect(await viaDax("G")).toMatchObject({ result: "d1" });
    expect(await viaDax("P")).toMatchObject({ result: "d1" });
  });

  it("CS-b: a dax: Allow on the cluster alone opens the path through DAX", async () => {
    await enter("CS-1");
    expect(await viaDax("G")).toMatchObject({ result: "d1" });
    await world.setBob(bobPolicy(["GetItem"], scenario("CS-1").bobDynamoDb));
    expect(await viaDax("G")).toEqual({ result: "A" });
  });

  it("CS-c: without dynamodb:GetItem of the service role a read through DAX fails at the table, not the direct one", async () => {
    await enter("CS-4");
    expect(await viaDax("G")).toEqual({ result: "A" });
    await world.setServiceRole(servicePolicy(scenario("CS-4").serviceRole.filter((action) => action !== "GetItem")));
    const refused = await viaDax("G");
    expect(refused).toMatchObject({ result: "d2" });
    expect(await direct("G")).toEqual({ result: "A" });
    const explained = execFileSync(process.execPath, [program, "explain", refused.requestId!], {
      encoding: "utf8",
      env: { ...process.env, HOTKEEP_DATA: hotkeep.dataDirectory },
    });
    expect(explained).toContain("the cluster let its caller in, and was refused at the table as its service role");
    expect(explained).toMatch(/^ {2}asked by {3}arn:aws:sts::\d+:assumed-role\/BobUserRole\/bob-session$/m);
    expect(explained).toContain("nothing denies it, but no identity-based policy allows it");
  });

  it("CS-d: caller and service role restrict writes independently", async () => {
    await enter("CS-4");
    const { bobDax, bobDynamoDb, serviceRole } = scenario("CS-4");
    expect(await viaDax("P")).toMatchObject({ result: "d1" });
    await world.setBob(bobPolicy([...bobDax, "PutItem"], bobDynamoDb));
    expect(await viaDax("P")).toMatchObject({ result: "d2" });
    await world.setServiceRole(servicePolicy([...serviceRole, "PutItem"]));
    expect(await viaDax("P")).toEqual({ result: "A" });
  });

  it("CS-e: a transaction with a refused condition check writes nothing; allowing the check lets it through", async () => {
    await enter("CS-5");
    const key = (title: string) => ({ Author: { S: "CS-e" }, Title: { S: title } });
    const transaction = {
      TransactItems: [
        { Put: { TableName: world.names.table, Item: key("put") } },
        {
          ConditionCheck: {
            TableName: world.names.table,
            Key: key("check"),
            ConditionExpression: "attribute_not_exists(Author)",
          },
        },
      ],
    };
    const outcome = await outcomeOf(() => dax.transactWriteItems(transaction), "dax");
    expect(outcome.result).toBe("d2");
    expect(outcome.message).toContain("dynamodb:ConditionCheckItem");
    const { dynamodb } = world.root;
    const read = () => dynamodb.getItem({ TableName: world.names.table, Key: key("put") });
    expect((await read()).Item).toBeUndefined();

    const bob = awsClients(hotkeep, world.bob).dynamodb;
    await bob.transactWriteItems(transaction);
    expect((await read()).Item).toEqual(key("put"));
    bob.destroy();

    await world.setServiceRole(servicePolicy([...scenario("CS-5").serviceRole, "ConditionCheckItem"]));
    expect(await outcomeOf(() => dax.transactWriteItems(transaction), "dax")).toEqual({ result: "A" });
  });

  it("CS-f: a second table in the service role's policy is Bob's without any change to his own policies", async () => {
    await enter("CS-6");
    const second = "Magazines";
    await world.root.dynamodb.createTable({
      TableName: second,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "Author", AttributeType: "S" },
        { AttributeName: "Title", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "Author", KeyType: "HASH" },
        { AttributeName: "Title", KeyType: "RANGE" },
      ],
    });
    const read = () => outcomeOf(() => operation("G").run(dax, second, `row ${tag++}`), "dax");
    expect(await read()).toMatchObject({ result: "d2" });
    const secondArn = world.tableArn.replace(world.names.table, second);
    await world.setServiceRole(
      policy(
        allow("Books", "dynamodb", scenario("CS-6").serviceRole, world.tableArn),
        allow("Magazines", "dynamodb", scenario("CS-6").serviceRole, secondArn),
      ),
    );
    expect(await read()).toEqual({ result: "A" });
    await world.root.dynamodb.deleteTable({ TableName: second });
  });

  it("CS-g: anyone who gets the access policy reaches every table of the service role", async () => {
    await enter("CS-6");
    const { iam } = world.root;
    await iam.createUser({ UserName: "Carol" });
    await iam.putUserPolicy({
      UserName: "Carol",
      PolicyName: "BobAccessPolicy",
      PolicyDocument: bobPolicy(scenario("CS-6").bobDax, []),
    });
    const { AccessKey: key } = await iam.createAccessKey({ UserName: "Carol" });
    const keys = { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! };
    const carol = daxClient(world.daxEndpoint, hotkeep.region, keys);
    expect(await viaDax("G", carol)).toEqual({ result: "A" });
    expect(await direct("G", keys)).toMatchObject({ result: "d" });
    carol.close();
    await iam.deleteAccessKey({ UserName: "Carol", AccessKeyId: keys.accessKeyId });
    await iam.deleteUserPolicy({ UserName: "Carol", PolicyName: "BobAccessPolicy" });
    await iam.deleteUser({ UserName: "Carol" });
  });

  it.each(scenarios)("CS-h: in $id the policy simulator agrees with every cell", async ({ id, rows, schemaDenied }) => {
    await enter(id);
    const { iam } = world.root;
    const allowed = async (PolicySourceArn: string, service: string, actions: readonly string[], resource: string) => {
      const { EvaluationResults } = await iam.simulatePrincipalPolicy({
        PolicySourceArn,
        ActionNames: prefixed(service, actions),
        ResourceArns: [resource],
      });
      return EvaluationResults!.every(({ EvalDecision }) => EvalDecision === "allowed");
    };
    for (const row of rows) {
      for (const { column, actions, title } of operations) {
        const expected = row.cells[column];
        if (expected === "n/a") continue;
        const tableArn = column === "QI" ? `${world.tableArn}/index/byLanguage` : world.tableArn;
        const caller =
          row.path === "direct"
            ? await allowed(world.userRoleArn, "dynamodb", actions, tableArn)
            : await allowed(world.userRoleArn, "dax", actions, world.clusterArn);
        const needed = schemaDenied === true ? [...actions, "DescribeTable"] : actions;
        const serviceRole =
          row.path === "direct" || (await allowed(world.serviceRoleArn, "dynamodb", needed, tableArn));
        const simulated = !caller ? (row.path === "direct" ? "d" : "d1") : serviceRole ? "A" : "d2";
        expect(simulated, `${row.path} ${title}`).toBe(expected);
      }
    }
  });

  it.each(["inline on the role", "managed on the role", "managed on a group of the user"])(
    "CS-i: results are the same with the policy %s",
    async (where) => {
      await enter("CS-6", { bobDax: [] });
      const { iam } = world.root;
      const { userRole, user } = world.names;
      const document = bobPolicy(scenario("CS-6").bobDax, []);
      let client = dax;
      let clean = async (): Promise<unknown> => undefined;
      if (where === "inline on the role") await world.setBob(document);
      else {
        const { Policy: made } = await iam.createPolicy({ PolicyName: "BobAccessPolicy", PolicyDocument: document });
        const PolicyArn = made!.Arn!;
        if (where === "managed on the role") {
          await iam.attachRolePolicy({ RoleName: userRole, PolicyArn });
          clean = async () => {
            await iam.detachRolePolicy({ RoleName: userRole, PolicyArn });
            await iam.deletePolicy({ PolicyArn });
          };
        } else {
          await iam.createGroup({ GroupName: "Readers" });
          await iam.attachGroupPolicy({ GroupName: "Readers", PolicyArn });
          await iam.addUserToGroup({ GroupName: "Readers", UserName: user });
          const { AccessKey: key } = await iam.createAccessKey({ UserName: user });
          client = daxClient(world.daxEndpoint, hotkeep.region, {
            accessKeyId: key!.AccessKeyId!,
            secretAccessKey: key!.SecretAccessKey!,
          });
          clean = async () => {
            client.close();
            await iam.deleteAccessKey({ UserName: user, AccessKeyId: key!.AccessKeyId! });
            await iam.removeUserFromGroup({ GroupName: "Readers", UserName: user });
            await iam.detachGroupPolicy({ GroupName: "Readers", PolicyArn });
            await iam.deleteGroup({ GroupName: "Readers" });
            await iam.deletePolicy({ PolicyArn });
          };
        }
      }
      try {
        const cells = scenario("CS-6").rows.find((row) => row.path === "dax")!.cells;
        for (const { column, title } of operations) {
          if (cells[column] === "n/a") continue;
          const { result, message } = await viaDax(column, client);
          expect(result, `${title}: ${message}`).toBe(cells[column]);
        }
      } finally {
        await clean();
      }
    },
  );
});

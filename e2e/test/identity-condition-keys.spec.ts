import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";
import {
  type Ask,
  enclosures,
  guards,
  IndexName,
  TableName,
  type Way,
  ways,
} from "../src/identity/condition-key-rows.js";

const UserName = "guarded";

describe("policies with DynamoDB's condition keys, on the way past a cluster", () => {
  let hotkeep: RunningHotkeep;
  let root: ReturnType<typeof awsClients>;
  let guarded: ReturnType<typeof awsClients>;

  beforeAll(async () => {
    hotkeep = await startHotkeep({ empty: true });
    root = awsClients(hotkeep, hotkeep.credentials.root!);
    await root.iam.createUser({ UserName });
    const { AccessKey } = await root.iam.createAccessKey({ UserName });
    const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    guarded = awsClients(hotkeep, keys);
    await root.dynamodb.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "owner"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName,
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    });
  });
  afterAll(async () => {
    for (const client of [...Object.values(root ?? {}), ...Object.values(guarded ?? {})]) client.destroy();
    await hotkeep?.stop();
  });
  beforeEach(async () => {
    const items = ["alice", "bob"].map((pk) => ({ pk: { S: pk }, sk: { S: "1" }, owner: { S: pk } }));
    await root.dynamodb.batchWriteItem({
      RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) },
    });
  });

  const allowWhen = async (Condition: object) => {
    const Statement = [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*", Condition }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await root.iam.putUserPolicy({ UserName, PolicyName: "guard", PolicyDocument });
  };
  const outcome = async ({ method, input }: Way, ask: Ask): Promise<string> => {
    const client = guarded.dynamodb as unknown as Record<string, (input: object) => Promise<unknown>>;
    return client[method]!(input(ask)).then(
      () => "done",
      (error: Error) => error.name,
    );
  };

  for (const [name, { condition, good, bad }] of Object.entries(guards)) {
    describe(`dynamodb:${name}`, () => {
      beforeAll(() => allowWhen(condition));
      it.each(ways.filter(({ keys }) => keys.some((key) => key === name)).map((way) => [way.name, way] as const))(
        "%s",
        async (_, way) => {
          expect([await outcome(way, bad), await outcome(way, good)]).toEqual(["AccessDeniedException", "done"]);
        },
      );
    });
  }

  describe("dynamodb:EnclosingOperation", () => {
    const way = (name: string) => ways.find((one) => one.name === name)!;
    it.each(enclosures)("$operation lets $inside through, not $outside", async ({ operation, inside, outside }) => {
      await allowWhen({ StringEquals: { "dynamodb:EnclosingOperation": operation } });
      expect([await outcome(way(outside), {}), await outcome(way(inside), {})]).toEqual([
        "AccessDeniedException",
        "done",
      ]);
    });
  });

  it("a policy that binds to partition keys lets no Scan through", async () => {
    await allowWhen(guards.LeadingKeys.condition);
    expect(await outcome(ways.find(({ name }) => name === "Scan")!, {})).toBe("AccessDeniedException");
  });
});

import { account, allow, books, cluster, policy } from "./support.js";

export const readActions = ["GetItem", "BatchGetItem", "Query", "Scan"] as const;
export const writeActions = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"] as const;

export const index = `${books}/index/ByAuthor`;
export const serviceRoleArn = `arn:aws:iam::${account}:role/DAXServiceRole`;

const on = (service: string, names: readonly string[]) => names.map((name) => `${service}:${name}`);
const table = (names: readonly string[]) => allow(on("dynamodb", names), books, { Sid: "DynamoDBAccessStmt" });
const dax = (names: readonly string[]) => allow(on("dax", names), cluster, { Sid: "DAXAccessStmt" });
const everything = [...readActions, ...writeActions, "ConditionCheckItem"];

/** One scenario of the access-control document: Bob's policy and the service role's. */
export interface Scenario {
  readonly bob: ReturnType<typeof policy>;
  /** Absent where the document gives the cluster no role of its own; the matrix then uses one that may do all. */
  readonly serviceRole: ReturnType<typeof policy>;
}

function scenario(bob: Record<string, unknown>[], serviceRole: Record<string, unknown>): Scenario {
  return {
    bob: policy("identity", bob, { name: "BobAccessPolicy" }),
    serviceRole: policy("identity", serviceRole, { name: "DAXAccessPolicy" }),
  };
}

/** The six scenarios of the access-control document, and CS-3 as it works, with DescribeTable. */
export const scenarios = {
  // The cluster could do everything: that Bob gets nothing through it shows that his own check alone denies.
  "CS-1": scenario([table(readActions)], allow("dynamodb:*")),
  "CS-2": scenario([table(everything)], allow("dynamodb:*")),
  "CS-3": scenario([dax(readActions), table(readActions)], table([...readActions, "DescribeTable"])),
  "CS-3 as printed": scenario([dax(readActions), table(readActions)], table(readActions)),
  "CS-4": scenario(
    [dax(readActions), table([...everything, "DescribeTable"])],
    table([...readActions, "DescribeTable"]),
  ),
  "CS-5": scenario(
    [dax(everything), table([...everything, "DescribeTable"])],
    table([...readActions, ...writeActions, "DescribeTable"]),
  ),
  "CS-6": scenario([dax(everything)], table([...everything, "DescribeTable"])),
} as const;

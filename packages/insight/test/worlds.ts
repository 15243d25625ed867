import type { AccountSnapshot, PolicyText, SnapshotCluster, SnapshotPrincipal, SnapshotRole } from "@hotkeep/insight";

export const account = "123456789012";
export const books = `arn:aws:dynamodb:us-west-2:${account}:table/Books`;
export const cluster = `arn:aws:dax:us-west-2:${account}:cache/daxcluster01`;
export const bob = `arn:aws:iam::${account}:role/BobUserRole`;
export const alice = `arn:aws:iam::${account}:user/Alice`;
export const serviceRole = `arn:aws:iam::${account}:role/DAXServiceRole`;

export const reads = ["GetItem", "BatchGetItem", "Query", "Scan"] as const;
export const writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"] as const;
export const all = [...reads, ...writes, "ConditionCheckItem"] as const;

type Statement = Readonly<Record<string, unknown>>;

export function policyText(name: string, ...statements: Statement[]): PolicyText {
  return { name, document: JSON.stringify({ Version: "2012-10-17", Statement: statements }) };
}

/** A statement on the cluster as the document writes it: the name in mixed letter case. */
export function onCluster(names: readonly string[], more: Statement = {}): Statement {
  return {
    Sid: "DAXAccessStmt",
    Effect: "Allow",
    Action: names.map((name) => `dax:${name}`),
    Resource: `arn:aws:dax:us-west-2:${account}:cache/DAXCluster01`,
    ...more,
  };
}

export function onBooks(names: readonly string[], more: Statement = {}): Statement {
  return {
    Sid: "DynamoDBAccessStmt",
    Effect: "Allow",
    Action: names.map((name) => `dynamodb:${name}`),
    Resource: books,
    ...more,
  };
}

export const trustsDax = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" },
});
export const trustsAccount = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
});

export function role(arn: string, policies: readonly PolicyText[], more: Partial<SnapshotRole> = {}): SnapshotRole {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  return { arn, name, id: `AROA${name.toUpperCase()}`, policies, trust: trustsAccount, ...more };
}

export function user(arn: string, policies: readonly PolicyText[]): SnapshotPrincipal {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  return { arn, name, id: `AIDA${name.toUpperCase()}`, policies };
}

export const daxCluster01: SnapshotCluster = { arn: cluster, name: "daxcluster01", serviceRoleArn: serviceRole };

/** The document's world with these policies for Bob and for the cluster. */
export function world(bobs: readonly Statement[], clusters: readonly Statement[]): AccountSnapshot {
  return {
    account,
    users: [],
    roles: [
      role(bob, [policyText("BobAccessPolicy", ...bobs)]),
      role(serviceRole, [policyText("DAXAccessPolicy", ...clusters)], { trust: trustsDax }),
    ],
    clusters: [daxCluster01],
    tables: [{ arn: books }],
  };
}

/** The six scenarios of the access-control document; CS-3 also as printed, without DescribeTable. */
export const worlds = {
  "CS-1": world([onBooks(reads)], [onBooks([...all, "DescribeTable"])]),
  "CS-2": world([onBooks(all)], [onBooks([...all, "DescribeTable"])]),
  "CS-3": world([onCluster(reads), onBooks(reads)], [onBooks([...reads, "DescribeTable"])]),
  "CS-3 as printed": world([onCluster(reads), onBooks(reads)], [onBooks(reads)]),
  "CS-4": world([onCluster(reads), onBooks([...all, "DescribeTable"])], [onBooks([...reads, "DescribeTable"])]),
  "CS-5": world(
    [onCluster(all), onBooks([...all, "DescribeTable"])],
    [onBooks([...reads, ...writes, "DescribeTable"])],
  ),
  "CS-6": world([onCluster(all)], [onBooks([...all, "DescribeTable"])]),
} as const;

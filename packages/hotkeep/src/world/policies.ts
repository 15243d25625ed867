/**
 * The policies of the AWS document on DAX access control, under the names it uses. Source: documented ("DAX access
 * control", Amazon DynamoDB developer guide). The service-role policy is the complete one with all ten actions.
 */

export const readActions = ["GetItem", "BatchGetItem", "Query", "Scan"] as const;
export const writeActions = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"] as const;

/** A policy document as JSON text with one statement for each group of actions. */
export function policyDocument(
  statements: readonly { readonly sid: string; readonly actions: readonly string[]; readonly resource: string }[],
): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, actions, resource }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: [resource],
    })),
  });
}

const prefixed = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}:${name}`);

/** What the cluster may do at the table: every item action, and DescribeTable for its metadata. */
export function daxAccessPolicy(tableArn: string): string {
  const actions = ["DescribeTable", ...readActions, ...writeActions, "ConditionCheckItem"];
  return policyDocument([{ sid: "DaxAccessPolicy", actions: prefixed("dynamodb", actions), resource: tableArn }]);
}

/** Full access to one cluster, and to nothing else. */
export function aliceAccessPolicy(clusterArn: string): string {
  return policyDocument([{ sid: "DAXAccessStmt", actions: ["dax:*"], resource: clusterArn }]);
}

/** Reads and writes through the cluster, no direct access to the table. */
export function bobAccessPolicy(clusterArn: string): string {
  const actions = [...readActions, ...writeActions, "ConditionCheckItem"];
  return policyDocument([{ sid: "DAXAccessStmt", actions: prefixed("dax", actions), resource: clusterArn }]);
}

/** Trust that lets DAX, and only DAX, assume the role. */
export function trustService(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}

/** Trust that lets one user assume the role. */
export function trustUser(userArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: userArn }, Action: "sts:AssumeRole" }],
  });
}

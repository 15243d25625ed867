import type { Position } from "@aws-sdk/client-iam";
import type { Cell } from "./matrix.js";
import type { World } from "./world.js";

/** What an inline policy says between two positions, as the simulator counts them: lines from 1, columns from 0 or 1. */
function cut(text: string, start: Position, end: Position): string {
  const lines = text.split("\n").slice((start.Line ?? 1) - 1, end.Line ?? 1);
  const last = lines.length - 1;
  return lines
    .map((line, i) =>
      line.slice(i === 0 ? Math.max(0, (start.Column ?? 1) - 1) : 0, i === last ? end.Column : undefined),
    )
    .join("\n");
}

const roleName = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf("/") + 1);

/** The Sid and policy of the statement by which a role may do something; undefined when nothing allows it. */
async function statementFor(
  { root: { iam } }: World,
  roleArn: string,
  action: string,
  resource: string,
): Promise<string | undefined> {
  const { EvaluationResults } = await iam.simulatePrincipalPolicy({
    PolicySourceArn: roleArn,
    ActionNames: [action],
    ResourceArns: [resource],
  });
  const matched = EvaluationResults?.[0]?.MatchedStatements?.[0];
  if (matched?.StartPosition === undefined || matched.EndPosition === undefined) return undefined;
  const PolicyName = matched.SourcePolicyId!.slice(matched.SourcePolicyId!.lastIndexOf("_") + 1);
  const { PolicyDocument } = await iam.getRolePolicy({ RoleName: roleName(roleArn), PolicyName });
  const statement = cut(decodeURIComponent(PolicyDocument!), matched.StartPosition, matched.EndPosition);
  return `${/"Sid":\s*"([^"]*)"/.exec(statement)?.[1] ?? "a statement without Sid"} of ${PolicyName}`;
}

/** What decides a cell, hop by hop, as the account's own policy simulator tells it. */
export async function decidedBy(world: World, { row, operation, outcome }: Cell): Promise<string> {
  const [first = ""] = operation.actions;
  const table = operation.column === "QI" ? `${world.tableArn}/index/byLanguage` : world.tableArn;
  const at = (roleArn: string, service: string, resource: string, action = first) =>
    statementFor(world, roleArn, `${service}:${action}`, resource);
  const refused = (roleArn: string, resource: string): string =>
    `nothing in ${roleName(roleArn)}'s policies allows it on ${resource.slice(resource.lastIndexOf(":") + 1)}`;

  if (row.path === "direct") {
    return (await at(world.userRoleArn, "dynamodb", table)) ?? refused(world.userRoleArn, table);
  }
  const caller = await at(world.userRoleArn, "dax", world.clusterArn);
  if (outcome.result === "d1") return refused(world.userRoleArn, world.clusterArn);
  const describe = await at(world.serviceRoleArn, "dynamodb", world.tableArn, "DescribeTable");
  if (describe === undefined) return `nothing in ${world.names.serviceRole}'s policies allows dynamodb:DescribeTable`;
  const serviceRole = await at(world.serviceRoleArn, "dynamodb", table);
  return serviceRole === undefined ? refused(world.serviceRoleArn, table) : `${caller}, then ${serviceRole}`;
}

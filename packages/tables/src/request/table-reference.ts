import { CommonAwsError, formatArn, parseArn, principalName } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { TableScope } from "../catalog/catalog.js";
import { invalid } from "../errors.js";

/** The table that a request names, by name or by ARN. */
export interface TableReference extends TableScope {
  /** As the request spells it; answers repeat that spelling (documented for ConsumedCapacity). */
  readonly given: string;
  readonly name: string;
  /** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME` */
  readonly arn: string;
}

const namePattern = /^[a-zA-Z0-9_.-]+$/;

/** Names read before that are kept, of one account and Region at a time. */
const keptNamesMax = 1_000;
let kept = { account: "", region: "", names: new Map<string, TableReference>() };

/** Whether `name` can be the name of a table or an index. */
export function isTableName(name: string): boolean {
  return name.length >= 3 && name.length <= 255 && namePattern.test(name);
}

/**
 * Reads a TableName parameter. `action` is what the refusal of another account's table names: one account is served
 * here, so that no table of another has a policy that could allow it.
 *
 * @throws AwsError `ValidationException` for what is neither a name nor a table's ARN, `AccessDenied` for another
 * account's table.
 */
export function tableReference(given: string, call: CallContext, action: string): TableReference {
  if (!given.startsWith("arn:")) return namedTable(given, call);
  const arn = parseArn(given);
  const name = arn?.resource.startsWith("table/") ? arn.resource.slice("table/".length) : "";
  if (arn === undefined || arn.service !== "dynamodb" || !isTableName(name)) {
    throw invalid(`Invalid table ARN: ${given}`);
  }
  if (arn.account !== call.account) {
    const message =
      `User: ${principalName(call.principal)} is not authorized to perform: ${action} on resource: ${given} ` +
      `because no resource-based policy allows the ${action} action`;
    throw new CommonAwsError("AccessDenied", message);
  }
  if (arn.region !== call.region) {
    throw invalid(`Invalid table ARN: ${given}. The table is not in the Region of the request, ${call.region}`);
  }
  return { given, account: arn.account, region: arn.region, name, arn: given };
}

/** One object for all requests with a name, so that its ARN is put together, and looked up by its hash, only once. */
function namedTable(name: string, { account, region }: CallContext): TableReference {
  if (kept.account !== account || kept.region !== region) kept = { account, region, names: new Map() };
  const known = kept.names.get(name);
  if (known !== undefined) return known;
  const problem = nameProblem(name);
  if (problem !== undefined) throw invalid(problem);
  const arn = formatArn({ service: "dynamodb", region, account, resource: `table/${name}` });
  const reference = { given: name, account, region, name, arn };
  if (kept.names.size >= keptNamesMax) kept.names.clear();
  kept.names.set(name, reference);
  return reference;
}

/** Too short a name is merely the name of no table (observed). */
function nameProblem(name: string): string | undefined {
  const problems = [
    name.length > 255 && "Member must have length less than or equal to 255",
    !namePattern.test(name) && "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return undefined;
  const texts = problems.map((problem) => `Value '${name}' at 'tableName' failed to satisfy constraint: ${problem}`);
  return `${texts.length} validation error${texts.length > 1 ? "s" : ""} detected: ${texts.join("; ")}`;
}

/** @throws AwsError `ValidationException` when a batch names a table twice, by its name and by its ARN. */
export function distinctTables(tables: readonly TableReference[]): void {
  const arns = new Set(tables.map(({ arn }) => arn));
  if (arns.size < tables.length) throw invalid("A table must not be named both by its name and by its ARN");
}

import type { ConditionEntry, PolicyDocument } from "@hotkeep/policy";

/** Condition keys that, held to fixed values, keep a statement for everybody from being public (documented). */
const narrowingKeys: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
]);

const narrowingOperator =
  /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i;

/** Whether some statement lets everybody in, with no condition that ties the caller to fixed values. */
export function grantsUnboundedAccess({ statements }: PolicyDocument): boolean {
  return statements.some(({ effect, principals, conditions }) => {
    if (effect !== "Allow" || principals === undefined) return false;
    const everybody =
      principals.negated || principals.entries.some(({ type, value }) => type === "AWS" && value === "*");
    return everybody && !conditions.some(narrows);
  });
}

function narrows({ operator, key, values }: ConditionEntry): boolean {
  return (
    narrowingOperator.test(operator) &&
    narrowingKeys.has(key.toLowerCase()) &&
    values.every((value) => !/[*?]|\$\{/.test(value) && !/^(?:0\.0\.0\.0|::)\/0$/.test(value))
  );
}

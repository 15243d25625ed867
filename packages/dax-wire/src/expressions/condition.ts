import type { Condition, Operand } from "@hotkeep/attributes";
import { comparators, functionNumber } from "./functions.js";
import { type NodeHead, TreeReader } from "./tree-reader.js";

/**
 * Decodes a condition, filter or key condition. Checks the tree's form; what an expression may mean is for
 * `validateCondition` of the attributes room.
 * @param parameter DynamoDB's name of the expression
 * @throws AwsError ValidationException
 */
export function decodeCondition(
  parameter: "ConditionExpression" | "FilterExpression" | "KeyConditionExpression",
  bytes: Buffer,
): Condition {
  return readCondition(new TreeReader(parameter, bytes, true));
}

function readCondition(tree: TreeReader): Condition {
  return tree.node((head) => readConditionNode(tree, head));
}

function readConditionNode(tree: TreeReader, head: NodeHead): Condition {
  const operator = comparators[head.number];
  if (operator !== undefined) {
    tree.expect(head, 2);
    return { kind: "compare", operator, left: readOperand(tree), right: readOperand(tree) };
  }
  switch (head.number) {
    case functionNumber.and:
    case functionNumber.or:
      tree.expect(head, 2);
      return {
        kind: head.number === functionNumber.and ? "and" : "or",
        left: readCondition(tree),
        right: readCondition(tree),
      };
    case functionNumber.not:
      tree.expect(head, 1);
      return { kind: "not", condition: readCondition(tree) };
    case functionNumber.between:
      tree.expect(head, 3);
      return { kind: "between", operand: readOperand(tree), low: readOperand(tree), high: readOperand(tree) };
    case functionNumber.in:
      tree.expect(head, 2);
      return { kind: "in", operand: readOperand(tree), list: readOperandList(tree) };
    case functionNumber.attribute_exists:
    case functionNumber.attribute_not_exists:
      tree.expect(head, 1);
      return {
        kind: head.number === functionNumber.attribute_exists ? "attribute_exists" : "attribute_not_exists",
        path: tree.pathNode(),
      };
    case functionNumber.attribute_type:
      tree.expect(head, 2);
      return { kind: "attribute_type", path: tree.pathNode(), type: readOperand(tree) };
    case functionNumber.begins_with:
    case functionNumber.contains:
      tree.expect(head, 2);
      return {
        kind: head.number === functionNumber.begins_with ? "begins_with" : "contains",
        operand: readOperand(tree),
        argument: readOperand(tree),
      };
    default:
      throw tree.misplaced(head);
  }
}

function readOperandList(tree: TreeReader): Operand[] {
  const list: Operand[] = [];
  const count = tree.reader.arrayStart("the operands of IN");
  while (tree.reader.more(count, list.length)) list.push(readOperand(tree));
  return list;
}

function readOperand(tree: TreeReader): Operand {
  return tree.node((head): Operand => {
    switch (head.number) {
      case functionNumber.value:
        return { kind: "value", value: tree.value(head) };
      case functionNumber.path:
        return { kind: "path", path: tree.path(head) };
      case functionNumber.size:
        tree.expect(head, 1);
        return { kind: "size", operand: readOperand(tree) };
      default:
        throw tree.misplaced(head);
    }
  });
}

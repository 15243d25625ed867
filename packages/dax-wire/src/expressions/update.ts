import type { SetValue, Update, UpdateAction } from "@hotkeep/attributes";
import { functionNumber } from "./functions.js";
import { TreeReader } from "./tree-reader.js";

/**
 * Decodes an update expression. Checks the tree's form; what it may mean is for `validateUpdate` of the attributes room.
 * @throws AwsError ValidationException
 */
export function decodeUpdate(bytes: Buffer): Update {
  const tree = new TreeReader("UpdateExpression", bytes, true);
  const actions: UpdateAction[] = [];
  const count = tree.reader.arrayStart("UpdateExpression's actions");
  while (tree.reader.more(count, actions.length)) actions.push(readAction(tree));
  return actions;
}

function readAction(tree: TreeReader): UpdateAction {
  return tree.node((head): UpdateAction => {
    switch (head.number) {
      case functionNumber.set:
        tree.expect(head, 2);
        return { kind: "set", path: tree.pathNode(), value: readSetValue(tree) };
      case functionNumber.remove:
        tree.expect(head, 1);
        return { kind: "remove", path: tree.pathNode() };
      case functionNumber.add:
      case functionNumber.delete:
        tree.expect(head, 2);
        return {
          kind: head.number === functionNumber.add ? "add" : "delete",
          path: tree.pathNode(),
          value: tree.node((operand) => {
            if (operand.number !== functionNumber.value) throw tree.misplaced(operand);
            return tree.value(operand);
          }),
        };
      default:
        throw tree.misplaced(head);
    }
  });
}

function readSetValue(tree: TreeReader): SetValue {
  return tree.node((head): SetValue => {
    switch (head.number) {
      case functionNumber.value:
        return { kind: "value", value: tree.value(head) };
      case functionNumber.path:
        return { kind: "path", path: tree.path(head) };
      case functionNumber.if_not_exists:
        tree.expect(head, 2);
        return { kind: "if_not_exists", path: tree.pathNode(), otherwise: readSetValue(tree) };
      case functionNumber.list_append:
        tree.expect(head, 2);
        return { kind: "list_append", left: readSetValue(tree), right: readSetValue(tree) };
      case functionNumber.plus:
      case functionNumber.minus:
        tree.expect(head, 2);
        return {
          kind: head.number === functionNumber.plus ? "+" : "-",
          left: readSetValue(tree),
          right: readSetValue(tree),
        };
      default:
        throw tree.misplaced(head);
    }
  });
}

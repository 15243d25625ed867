import { invalidParameter, notAList } from "../errors.js";
import type { DocumentPath, Projection, Update, UpdateAction } from "../expression.js";
import type { AttributeValue } from "../value.js";
import { elementType, typeOf } from "../values/attribute-type.js";
import { readString } from "../values/json-scalars.js";
import { readValue } from "../values/read-value.js";
import { readMembers } from "./json-members.js";

const order: Readonly<Record<UpdateAction["kind"], number>> = { set: 0, add: 1, delete: 2, remove: 3 };

/**
 * `AttributeUpdates` (parsed JSON) as an update: PUTs, then ADDs, then DELETEs with and without a value.
 * @throws AwsError ValidationException in the service's words
 */
export function fromAttributeUpdates(updates: unknown): Update {
  if (updates === undefined || updates === null) return [];
  return [...readMembers(updates)]
    .map(([name, json]) => actionOf(name, readMembers(json)))
    .sort((a, b) => order[a.kind] - order[b.kind]);
}

function actionOf(name: string, members: ReadonlyMap<string, unknown>): UpdateAction {
  const path: DocumentPath = [name];
  const action = members.has("Action") ? readString(members.get("Action")) : "PUT";
  if (!members.has("Value")) {
    if (action === "DELETE") return { kind: "remove", path };
    throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
  }
  const value = readValue(members.get("Value"));
  switch (action) {
    case "PUT":
      return { kind: "set", path, value: { kind: "value", value } };
    case "ADD":
      return addition(path, value);
    case "DELETE":
      if (elementType(typeOf(value)) === undefined) {
        throw invalidParameter(`DELETE action with value is not supported for the type ${typeOf(value)}`);
      }
      return { kind: "delete", path, value };
    default:
      throw invalidParameter(`Unknown attribute action: ${action}`);
  }
}

function addition(path: DocumentPath, value: AttributeValue): UpdateAction {
  const type = typeOf(value);
  if (type === "N" || elementType(type) !== undefined) return { kind: "add", path, value };
  if (type !== "L") throw invalidParameter(`ADD action is not supported for the type ${type}`);
  // Only here ADD takes a list, and appends it.
  return {
    kind: "set",
    path,
    value: {
      kind: "list_append",
      left: { kind: "if_not_exists", path, otherwise: { kind: "value", value: { L: [] } } },
      right: { kind: "value", value },
    },
  };
}

/**
 * `AttributesToGet` (parsed JSON) as a projection.
 * @throws AwsError ValidationException for a name that comes twice
 */
export function fromAttributesToGet(names: unknown): Projection {
  if (!Array.isArray(names)) throw notAList(names);
  const seen = new Set<string>();
  return names.map((json): DocumentPath => {
    const name = readString(json);
    if (seen.has(name)) throw invalidParameter(`Duplicate value in attribute name: ${name}`);
    seen.add(name);
    return [name];
  });
}

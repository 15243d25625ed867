import { invalid, invalidParameter, notAList } from "../errors.js";
import { normalizeNumber } from "../numbers/number.js";
import type { AttributeValue } from "../value.js";
import { checkBase64 } from "./base64.js";
import { readString } from "./json-scalars.js";

/**
 * Reads a set: not empty, no nulls, no two equal elements (numbers by value).
 * @throws AwsError
 */
export function readSet(tag: "SS" | "NS" | "BS", json: unknown): AttributeValue {
  if (!Array.isArray(json)) throw notAList(json);
  switch (tag) {
    case "SS": {
      if (json.length === 0) throw invalidParameter("An string set  may not be empty");
      const set = json.map((element) => readString(present(element, "An string set")));
      if (hasDuplicate(set)) throw invalidParameter(`Input collection [${set.join(", ")}] contains duplicates.`);
      return { SS: set };
    }
    case "NS": {
      if (json.length === 0) throw invalidParameter("An number set  may not be empty");
      const set = json.map((element) => normalizeNumber(readString(present(element, "An number set"))));
      if (hasDuplicate(set)) throw invalid("Input collection contains duplicates");
      return { NS: set };
    }
    case "BS": {
      if (json.length === 0) throw invalidParameter("Binary sets should not be empty");
      const set = json.map((element) => checkBase64(present(element, "An binary set")));
      if (hasDuplicate(set)) {
        throw invalidParameter(`Input collection [${set.join(", ")}]of type BS contains duplicates.`);
      }
      return { BS: set };
    }
  }
}

function present(element: unknown, set: string): unknown {
  if (element === null || element === undefined) {
    throw invalidParameter(`${set} may not have a null string as a member`);
  }
  return element;
}

function hasDuplicate(set: readonly string[]): boolean {
  return set.length > 1 && new Set(set).size < set.length;
}

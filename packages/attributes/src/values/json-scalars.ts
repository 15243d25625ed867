import type { AwsError } from "@hotkeep/core";
import { unreadable } from "../errors.js";

// Node has these since version 20; the library of the compiled language level has not.
declare global {
  interface String {
    isWellFormed(): boolean;
    toWellFormed(): string;
  }
}

/**
 * Text from parsed JSON. Lone surrogates, which have no UTF-8 form, become U+FFFD so that a value equals what is
 * stored of it.
 * @throws AwsError SerializationException
 */
export function readString(json: unknown): string {
  if (typeof json === "string") return json.isWellFormed() ? json : json.toWellFormed();
  throw wrongScalar(json, "String");
}

const trueWords = new Set(["TRUE", "1", "YES"]);
const falseWords = new Set(["FALSE", "0", "NO"]);

/**
 * A boolean from parsed JSON; the service also takes its words as text (observed).
 * @throws AwsError SerializationException
 */
export function readBoolean(json: unknown): boolean {
  if (typeof json === "boolean") return json;
  if (typeof json !== "string") throw wrongScalar(json, "Boolean");
  const word = json.toUpperCase();
  if (trueWords.has(word)) return true;
  if (falseWords.has(word)) return false;
  throw unreadable("Unexpected token received from parser");
}

function wrongScalar(json: unknown, wanted: "String" | "Boolean"): AwsError {
  switch (typeof json) {
    case "boolean":
      return unreadable(`${json ? "TRUE_VALUE" : "FALSE_VALUE"} cannot be converted to ${wanted}`);
    case "number":
      return unreadable(
        `${Number.isInteger(json) ? "NUMBER_VALUE" : "DECIMAL_VALUE"} cannot be converted to ${wanted}`,
      );
    default:
      return Array.isArray(json)
        ? unreadable(`Unrecognized collection type class java.lang.${wanted}`)
        : unreadable("Start of structure or map found where not expected");
  }
}

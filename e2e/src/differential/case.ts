import type { Json, JsonObject } from "./json.js";

/** One request, or all its pages. */
export interface Step {
  readonly operation: string;
  readonly input: Json;
  /** Follows LastEvaluatedKey: a Query's pages are compared one by one, a Scan's and unordered ones as one set of items. */
  readonly allPages?: boolean | "unordered";
}

/** Items by table, there before a case begins. */
export type Content = Readonly<Record<string, readonly JsonObject[]>>;

/** A few requests that both servers must answer alike, on tables that hold the same. */
export interface Case {
  readonly name: string;
  readonly given: Content;
  readonly steps: readonly Step[];
}

/** Cases that share tables. */
export interface Family {
  readonly name: string;
  /** Inputs of CreateTable. */
  readonly tables: readonly JsonObject[];
  readonly cases: readonly Case[];
}

/** The one-step case. */
export function one(name: string, given: Content, operation: string, input: Json): Case {
  return { name, given, steps: [{ operation, input }] };
}

/** CreateTable's input: attributes as `name:type`, keys by attribute name. */
export function table(name: string, hash: string, range?: string, more: JsonObject = {}): JsonObject {
  const attributes = [hash, range].filter((attribute) => attribute !== undefined);
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    ...more,
    AttributeDefinitions: [...attributes.map(definition), ...((more.AttributeDefinitions as readonly Json[]) ?? [])],
    KeySchema: keySchema(...attributes.map(nameOf)),
  };
}

/** The attribute definition of `name:type`. */
export function definition(attribute: string): JsonObject {
  return { AttributeName: nameOf(attribute), AttributeType: attribute.slice(attribute.indexOf(":") + 1) };
}

/** A key schema of one or two attributes. */
export function keySchema(...names: readonly string[]): readonly JsonObject[] {
  return names.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? "HASH" : "RANGE" }));
}

/** An index over attributes defined elsewhere; `projection` is a type or a list of attributes. */
export function index(
  name: string,
  keys: readonly string[],
  projection: string | readonly string[] = "ALL",
): JsonObject {
  return {
    IndexName: name,
    KeySchema: keySchema(...keys),
    Projection:
      typeof projection === "string"
        ? { ProjectionType: projection }
        : { ProjectionType: "INCLUDE", NonKeyAttributes: projection },
  };
}

const nameOf = (attribute: string): string => attribute.slice(0, attribute.indexOf(":"));

import {
  type AttributeValue,
  type Condition,
  fromAttributesToGet,
  type Item,
  type Projection,
  readItem,
} from "@hotkeep/attributes";
import type { AwsError } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { invalid, isInvalid } from "../errors.js";
import type { PageView } from "../items/page.js";
import { AttributeNames } from "./attribute-names.js";
import type { CapacityDetail } from "./capacity.js";
import { checkParameterMix, type ExpressionParameters, parseExpressions } from "./expressions.js";
import { type TableReference, tableReference } from "./table-reference.js";

/** The values of the Select parameter. */
export type Select = "ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES" | "SPECIFIC_ATTRIBUTES" | "COUNT";

/** The two ways to ask for some attributes only. */
export type ProjectionParameter = "ProjectionExpression" | "AttributesToGet";

/** Members that Query and Scan have in common. */
export interface PageParameters extends ExpressionParameters {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Select?: string;
  readonly AttributesToGet?: readonly string[];
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: unknown;
  readonly ReturnConsumedCapacity?: string;
}

/** What Query and Scan have in common, checked as far as it can be without the table. */
export interface PageRequest {
  readonly table: TableReference;
  readonly indexName: string | undefined;
  /** What is in force, for the condition key and the answer. */
  readonly select: Select;
  readonly givenSelect: Select | undefined;
  readonly projectedBy: ProjectionParameter | undefined;
  readonly projection: Projection | undefined;
  readonly filter: Condition | undefined;
  readonly keyCondition: Condition | undefined;
  readonly consistent: boolean;
  readonly itemsMax: number | undefined;
  readonly startPlace: Item | undefined;
  readonly detail: CapacityDetail;
  /** Attributes that the request speaks of. */
  readonly names: AttributeNames;
}

/** The differences between Query and Scan in reading a request. */
export interface PageDialect {
  readonly action: "dynamodb:Query" | "dynamodb:Scan";
  readonly expressions: Parameters<typeof checkParameterMix>[1];
  readonly legacy: readonly string[];
  /** The filter given in the old way. */
  readonly legacyFilter: () => Condition | undefined;
  /** Checks of further parameters. */
  readonly check: () => void;
  /** Names in key conditions given in the old way. */
  readonly legacyKeyNames: readonly string[];
}

export function readPageRequest(input: PageParameters, call: CallContext, dialect: PageDialect): PageRequest {
  checkParameterMix(input, dialect.expressions, dialect.legacy);
  const table = tableReference(input.TableName, call, dialect.action);
  const legacyFilter = dialect.legacyFilter();
  const legacyProjection = input.AttributesToGet && fromAttributesToGet(input.AttributesToGet);
  const startPlace = input.ExclusiveStartKey === undefined ? undefined : readStartPlace(input.ExclusiveStartKey);
  const expressions = parseExpressions(input);
  dialect.check();
  const projection = expressions.projection ?? legacyProjection;
  const filter = expressions.filter ?? legacyFilter;
  const { keyCondition } = expressions;
  const names = new AttributeNames().add(dialect.legacyKeyNames).condition(keyCondition).condition(filter);
  const givenSelect = input.Select as Select | undefined;
  const projectedBy = projectionParameter(input);
  return {
    table,
    indexName: input.IndexName,
    select: givenSelect ?? defaultSelect(input, projectedBy),
    givenSelect,
    projectedBy,
    projection,
    filter,
    keyCondition,
    consistent: input.ConsistentRead === true,
    itemsMax: input.Limit,
    startPlace,
    detail: (input.ReturnConsumedCapacity ?? "NONE") as CapacityDetail,
    names: names.projection(projection),
  };
}

/** What the page shows of each item. */
export function viewOf(request: PageRequest): PageView {
  if (request.select === "COUNT") return { kind: "count" };
  if (request.projection !== undefined) return { kind: "projection", projection: request.projection };
  return { kind: request.select === "ALL_ATTRIBUTES" ? "whole" : "source" };
}

/** The partition key value in key conditions given in the old way, without judging them. */
export function legacyLeadingKey(conditions: unknown, hashName: string): AttributeValue | undefined {
  const condition = member(conditions, hashName);
  const list = member(condition, "AttributeValueList");
  if (member(condition, "ComparisonOperator") !== "EQ" || !Array.isArray(list) || list.length !== 1) return undefined;
  return readItem({ value: list[0] }).value;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The service calls most bad values here a bad starting key, but not those about numbers and sets (observed). */
function readStartPlace(json: unknown): Item {
  try {
    return readItem(json);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    if (/contains duplicates|number set|numeric value|significant digits|with magnitude/.test(error.message))
      throw error;
    throw invalid(`The provided starting key is invalid: ${error.message}`);
  }
}

function defaultSelect(input: PageParameters, projectedBy: ProjectionParameter | undefined): Select {
  if (projectedBy !== undefined) return "SPECIFIC_ATTRIBUTES";
  return input.IndexName === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

/** The projection's parameter, as messages name it. */
function projectionParameter(input: PageParameters): ProjectionParameter | undefined {
  if (input.ProjectionExpression !== undefined) return "ProjectionExpression";
  return input.AttributesToGet === undefined ? undefined : "AttributesToGet";
}

/** @throws AwsError `ValidationException` when Select and projection contradict each other. */
export function checkSelect({ givenSelect: given, projectedBy, indexName }: PageRequest): void {
  if (given === undefined) return;
  if (given === "ALL_PROJECTED_ATTRIBUTES" && indexName === undefined) {
    throw selectError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  if (projectedBy !== undefined && given !== "SPECIFIC_ATTRIBUTES") {
    const chosen = given === "COUNT" ? "only the Count" : given;
    throw selectError(`Cannot specify the ${projectedBy} when choosing to get ${chosen}`);
  }
  if (projectedBy === undefined && given === "SPECIFIC_ATTRIBUTES") {
    throw selectError(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  }
}

function selectError(message: string): AwsError {
  return invalid(`1 validation error detected: ${message}`);
}

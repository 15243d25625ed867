// The face of this room while it is being filled; every declaration here moves to its own file.
import type { Condition, DocumentPath, Projection, Update } from "./expression.js";
import type { AttributeMap, AttributeValue, Item, KeySchema, KeyType } from "./value.js";

function unfilled(): never {
  throw new Error("this part of the room is being filled");
}

// ---- values -------------------------------------------------------------------------------------------------------
/** Any JSON -> an item: type tags, canonical numbers, set rules, nesting; prototype-less. Throws AwsError. */
export function readItem(_json: unknown): Item {
  return unfilled();
}
export function readValue(_json: unknown): AttributeValue {
  return unfilled();
}
/** `ExpressionAttributeValues` with the service's words about the offending key. Undefined stays undefined. */
export function readExpressionValues(_json: unknown): AttributeMap | undefined {
  return unfilled();
}
/** `ExpressionAttributeNames`. Undefined stays undefined. */
export function readExpressionNames(_json: unknown): Readonly<Record<string, string>> | undefined {
  return unfilled();
}
export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";
export function typeOf(_value: AttributeValue): AttributeType {
  return unfilled();
}
export function itemSizeBytes(_item: Item): number {
  return unfilled();
}
export function valueSizeBytes(_value: AttributeValue): number {
  return unfilled();
}
/** Throws `Item size has exceeded the maximum allowed size` (or its update twin) beyond 400 KB; returns the size. */
export function checkItemSize(_item: Item, _during?: "put" | "update"): number {
  return unfilled();
}
/** By value: numbers as decimals, sets without order. */
export function equalValues(_a: AttributeValue, _b: AttributeValue): boolean {
  return unfilled();
}
/** DynamoDB's order of two S, N or B of the same type: negative, 0, positive; undefined otherwise. */
export function compareValues(_a: AttributeValue, _b: AttributeValue): number | undefined {
  return unfilled();
}
// ---- numbers ------------------------------------------------------------------------------------------------------
export function normalizeNumber(_text: string): string {
  return unfilled();
}
/** All three take and return canonical text. */
export function compareNumbers(_a: string, _b: string): number {
  return unfilled();
}
export function addNumbers(_a: string, _b: string): string {
  return unfilled();
}
export function subtractNumbers(_a: string, _b: string): string {
  return unfilled();
}
// ---- keys ---------------------------------------------------------------------------------------------------------
/** Unsigned byte order of the result is DynamoDB's order. Raw bytes for S and B, at most 22 bytes for N. */
export function encodeKeyBytes(_value: AttributeValue, _type: KeyType): Buffer {
  return unfilled();
}
export function decodeKeyBytes(_bytes: Uint8Array, _type: KeyType): AttributeValue {
  return unfilled();
}
/**
 * An item's place in a sorted store: 2 bytes scan bucket (hash of the partition key), 2 bytes length, partition key
 * (its SHA-256 when longer than 512 bytes), sort key in full. At most 1,542 bytes; sort order is exact, so only the
 * partition key of a long one cannot be decoded back: take it from the stored item.
 */
export function encodeKey(_schema: KeySchema, _key: Item): Buffer {
  return unfilled();
}
/** The prefix that all keys of one partition share. */
export function encodeHashPrefix(_schema: KeySchema, _hash: AttributeValue): Buffer {
  return unfilled();
}
/** Undefined when the partition key was shortened. */
export function decodeKey(_schema: KeySchema, _bytes: Uint8Array): Item | undefined {
  return unfilled();
}
/** Half-open: from <= key < to; `to` undefined means to the end. */
export interface ByteRange {
  readonly from: Buffer;
  readonly to: Buffer | undefined;
}
/** Where the keys that a key condition selects stand. */
export function keyRange(_condition: KeyCondition, _schema: KeySchema): ByteRange {
  return unfilled();
}
/** Keys of one segment of a parallel scan: disjoint and complete over all segments. */
export function segmentRange(_segment: number, _totalSegments: number): ByteRange {
  return unfilled();
}
/** The key attributes of an item to be written; throws the service's words for missing, wrong, empty, long ones. */
export function keyOf(_item: Item, _schema: KeySchema): Item {
  return unfilled();
}
/** Checks a `Key` parameter (exactly the schema's attributes). Returns it. */
export function checkKey(_key: Item, _schema: KeySchema): Item {
  return unfilled();
}
// ---- expressions --------------------------------------------------------------------------------------------------
export type ConditionKind = "ConditionExpression" | "FilterExpression" | "KeyConditionExpression";
/** One request's placeholders, shared by all its expressions; remembers which were used. */
export class PlaceholderUse {
  constructor(_names?: Readonly<Record<string, string>>, _values?: AttributeMap) {
    unfilled();
  }
  /** Throws `Value provided in ExpressionAttributeNames unused in expressions: …`. Call after the last expression. */
  assertAllUsed(): void {
    unfilled();
  }
}
export function parseCondition(_text: string, _kind: ConditionKind, _placeholders: PlaceholderUse): Condition {
  return unfilled();
}
export function parseUpdate(_text: string, _placeholders: PlaceholderUse): Update {
  return unfilled();
}
export function parseProjection(_text: string, _placeholders: PlaceholderUse): Projection {
  return unfilled();
}
/** The checks on meaning that the parsers make too, for trees from elsewhere (DAX). */
export function validateCondition(_condition: Condition, _kind: ConditionKind): void {
  unfilled();
}
export function validateUpdate(_update: Update): void {
  unfilled();
}
export function validateProjection(_projection: Projection): void {
  unfilled();
}
/** `Filter Expression can only contain non-primary key attributes: …` */
export function checkFilterKeys(_filter: Condition, _schema: KeySchema): void {
  unfilled();
}
/** `Cannot update attribute x. This attribute is part of the key` */
export function checkUpdateKeys(_update: Update, _schema: KeySchema): void {
  unfilled();
}
export interface KeyCondition {
  readonly hash: AttributeValue;
  readonly range?: KeyRangeCondition;
}
export type KeyRangeCondition =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "between"; readonly low: AttributeValue; readonly high: AttributeValue };
export function keyConditionOf(_condition: Condition, _schema: KeySchema): KeyCondition {
  return unfilled();
}
export function matchesKeyCondition(_key: Item, _condition: KeyCondition, _schema: KeySchema): boolean {
  return unfilled();
}
// ---- evaluators ---------------------------------------------------------------------------------------------------
export function evaluateCondition(_condition: Condition, _item: Item | undefined): boolean {
  return unfilled();
}
export interface UpdateOutcome {
  /** The item after; undefined when nothing was there and nothing is made (only REMOVE or DELETE actions). */
  readonly item: Item | undefined;
  /** Paths written, in the order of the text; give them to {@link updatedAttributes}. */
  readonly touched: readonly DocumentPath[];
}
/** `key` makes the item when `item` is undefined. Neither is changed. */
export function applyUpdate(_update: Update, _item: Item | undefined, _key: Item): UpdateOutcome {
  return unfilled();
}
/** UPDATED_OLD of the old item, UPDATED_NEW of the new one; undefined when there is nothing. */
export function updatedAttributes(_item: Item | undefined, _touched: readonly DocumentPath[]): Item | undefined {
  return unfilled();
}
export function projectItem(_item: Item, _projection: Projection): Item {
  return unfilled();
}
// ---- printer ------------------------------------------------------------------------------------------------------
/** Collects `#n0`, `:v0` … for the expressions of one request. */
export class NameTable {
  /** `ExpressionAttributeNames`; undefined when none was needed. */
  get names(): Readonly<Record<string, string>> | undefined {
    return unfilled();
  }
  /** `ExpressionAttributeValues`; undefined when none was needed. */
  get values(): AttributeMap | undefined {
    return unfilled();
  }
}
export function printCondition(_condition: Condition, _table: NameTable): string {
  return unfilled();
}
export function printUpdate(_update: Update, _table: NameTable): string {
  return unfilled();
}
export function printProjection(_projection: Projection, _table: NameTable): string {
  return unfilled();
}
// ---- legacy parameters (raw JSON members of the request) ------------------------------------------------------------
export function fromExpected(_expected: unknown, _conditionalOperator: unknown): Condition | undefined {
  return unfilled();
}
export function fromAttributeUpdates(_updates: unknown): Update {
  return unfilled();
}
export function fromKeyConditions(_conditions: unknown, _schema: KeySchema): KeyCondition {
  return unfilled();
}
export function fromFilter(
  _filter: unknown,
  _conditionalOperator: unknown,
  _parameter: "QueryFilter" | "ScanFilter",
): Condition | undefined {
  return unfilled();
}
export function fromAttributesToGet(_names: unknown): Projection {
  return unfilled();
}

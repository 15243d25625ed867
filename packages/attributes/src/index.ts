export { applyUpdate, type UpdateOutcome } from "./evaluate/apply-update.js";
export { evaluateCondition } from "./evaluate/evaluate-condition.js";
export { projectItem, updatedAttributes } from "./evaluate/project-item.js";
export * from "./expression.js";
export {
  type KeyCondition,
  type KeyRangeCondition,
  keyConditionOf,
  matchesKeyCondition,
} from "./expressions/key-condition.js";
export { type ConditionKind, parseCondition, parseProjection, parseUpdate } from "./expressions/parse.js";
export { PlaceholderUse } from "./expressions/placeholder-use.js";
export { NameTable, printCondition, printProjection, printUpdate } from "./expressions/print.js";
export { readExpressionNames, readExpressionValues } from "./expressions/read-placeholders.js";
export { isReservedWord } from "./expressions/reserved-words.js";
export {
  checkFilterKeys,
  checkUpdateKeys,
  validateCondition,
  validateProjection,
  validateUpdate,
} from "./expressions/validate.js";
export { afterPrefix, type ByteRange, keyRange, segmentRange } from "./keys/byte-range.js";
export { checkKey, keyOf } from "./keys/check-key.js";
export { decodeKey, encodeHashPrefix, encodeKey } from "./keys/encoded-key.js";
export { decodeKeyBytes, encodeKeyBytes } from "./keys/key-bytes.js";
export { decodeOrdered, encodeOrdered } from "./keys/ordered-bytes.js";
export { fromExpected, fromFilter, fromKeyConditions } from "./legacy/conditions.js";
export { fromAttributesToGet, fromAttributeUpdates } from "./legacy/updates.js";
export * from "./limits.js";
export { addNumbers, compareNumbers, normalizeNumber, subtractNumbers } from "./numbers/number.js";
export { type NamedItem, namedItem } from "./partiql/item-key.js";
export { hashValues, type KeyedRead, keyTypesFit, planReads } from "./partiql/key-reads.js";
export { projectFromItem, type SelectField, selectFromItem } from "./partiql/select-fields.js";
export {
  type PartiqlStatement,
  parsePartiql,
  type Returning,
  type SelectOrder,
  type SelectStatement,
} from "./partiql/statement.js";
export * from "./value.js";
export { type AttributeType, typeOf } from "./values/attribute-type.js";
export { compareValues, equalValues } from "./values/compare.js";
export { readItem, readValue } from "./values/read-value.js";
export { checkItemSize, itemSizeBytes, valueSizeBytes } from "./values/size.js";
export { writeItemJson } from "./values/write-json.js";

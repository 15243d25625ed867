/** An item's attribute names and values together, in bytes (documented: 400 KB). */
export const itemBytesMax = 400 * 1024;
/** Levels of lists and maps inside an item (documented). The attribute itself is not a level. */
export const nestingMax = 32;
/** Significant digits of a number (documented). */
export const numberDigitsMax = 38;
/** A partition key's value, in bytes (documented). */
export const hashKeyBytesMax = 2048;
/** A sort key's value, in bytes (documented). */
export const rangeKeyBytesMax = 1024;
/** An attribute's name, in bytes (documented: 64 KB, observed: 65535). */
export const attributeNameBytesMax = 65_535;
/** A key attribute's name, in bytes (documented). */
export const keyNameBytesMax = 255;
/** An expression's text, in bytes (documented). */
export const expressionBytesMax = 4096;
/** Operators and functions of one expression (documented). */
export const expressionOperatorsMax = 300;
/** Operands of IN (documented). */
export const inOperandsMax = 100;
/** Elements of one document path (observed: 32 levels). */
export const pathElementsMax = 32;
/** Expression texts whose parsed form is kept (ours). */
export const cachedExpressionsMax = 2_000;

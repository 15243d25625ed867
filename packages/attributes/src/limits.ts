/** An item's attribute names and values together, in bytes (documented: 400 KB). */
export const itemBytesMax = 400 * 1024;
/** Levels of a value: a scalar is one, each list or map around it one more (documented: 32; counted as observed). */
export const nestingMax = 32;
/** Significant digits of a number (documented). */
export const numberDigitsMax = 38;
/** The largest number is just below ten to one more than this (documented: 9.99…e125). */
export const numberExponentMax = 125;
/** The smallest positive number is ten to this (documented). */
export const numberExponentMin = -130;
/** A partition key's value, in bytes (documented). */
export const hashKeyBytesMax = 2048;
/** A sort key's value, in bytes (documented). */
export const rangeKeyBytesMax = 1024;
/** An attribute's name, in bytes (documented: 64 KB, observed: 65535). */
export const attributeNameBytesMax = 65_535;
/** A key attribute's name, in bytes (documented). */
export const keyNameBytesMax = 255;
/** A placeholder, in bytes (documented). */
export const placeholderBytesMax = 255;
/** An expression's text, in bytes (documented). */
export const expressionBytesMax = 4096;
/** Operators and functions of one expression (documented). */
export const expressionOperatorsMax = 300;
/** Operands of IN (documented). */
export const inOperandsMax = 100;
/** Elements of one document path (observed: 32 levels). */
export const pathElementsMax = 32;
/** The largest list index in a document path (observed). */
export const listIndexMax = 2_147_483_647;
/** Expression texts whose parsed form is kept (ours). */
export const cachedExpressionsMax = 2_000;
/** Bytes of a partition key that stand in full in an encoded key; longer ones stand as their SHA-256 (ours). */
export const inlineHashBytesMax = 512;
/** A PartiQL statement's text, in characters (documented). */
export const partiqlStatementCharactersMax = 8192;
/** Levels of expressions in a PartiQL statement, parentheses and signs included (ours). */
export const partiqlNestingMax = 400;
/** Operators and functions in a PartiQL statement's conditions (observed: as in expressions). */
export const partiqlOperatorsMax = 300;
/** Reads that one PartiQL SELECT is split into (observed). */
export const partiqlReadsMax = 50;

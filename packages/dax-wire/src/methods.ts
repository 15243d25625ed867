/** Method ids of the DAX protocol. Observed: those that official clients send. */
export const methodIds = {
  authorizeConnection: 1489122155,
  endpoints: 455855874,
  defineKeySchema: -742646399,
  defineAttributeListId: -1230579644,
  defineAttributeList: 670678385,
  getItem: 263244906,
  putItem: -2106490455,
  updateItem: 1425579023,
  deleteItem: 1013539361,
  query: -931250863,
  scan: -1875390620,
  batchGetItem: -697851100,
  batchWriteItem: 116217951,
  transactGetItems: 1866287579,
  transactWriteItems: -1160037738,
} as const;

/** A method's name, as clients spell it. */
export type MethodName = keyof typeof methodIds;

/** Number of CBOR values after the method id; a frame ends with the last of them. Observed. */
const argumentCounts: Readonly<Record<MethodName, number>> = {
  authorizeConnection: 5,
  endpoints: 0,
  defineKeySchema: 1,
  defineAttributeListId: 1,
  defineAttributeList: 1,
  getItem: 3,
  putItem: 4,
  updateItem: 3,
  deleteItem: 3,
  query: 3,
  scan: 2,
  batchGetItem: 2,
  batchWriteItem: 2,
  transactGetItems: 4,
  transactWriteItems: 9,
};

const names = new Map<number, MethodName>();
const counts = new Map<number, number>();
for (const name of Object.keys(methodIds) as MethodName[]) {
  names.set(methodIds[name], name);
  counts.set(methodIds[name], argumentCounts[name]);
}

/** The name of a method id; undefined for an unknown one. */
export function methodName(id: number): MethodName | undefined {
  return names.get(id);
}

/** How many arguments a method has; undefined for an unknown id. */
export function argumentCount(id: number): number | undefined {
  if (id === methodIds.getItem) return 3;
  return counts.get(id);
}

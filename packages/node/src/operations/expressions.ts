import {
  type AttributeMap,
  type Condition,
  NameTable,
  type Projection,
  printCondition,
  printProjection,
  printUpdate,
  type Update,
} from "@hotkeep/attributes";

/** A request's expression trees, under the names of the API parameters. */
export interface ExpressionTrees {
  readonly ConditionExpression?: Condition | undefined;
  readonly FilterExpression?: Condition | undefined;
  readonly KeyConditionExpression?: Condition | undefined;
  readonly UpdateExpression?: Update | undefined;
  readonly ProjectionExpression?: Projection | undefined;
}

/** The same as text, with the placeholders that they share. */
export interface PrintedExpressions {
  ConditionExpression?: string;
  FilterExpression?: string;
  KeyConditionExpression?: string;
  UpdateExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Readonly<Record<string, string>>;
  ExpressionAttributeValues?: AttributeMap;
}

/** Prints the trees of one request. An empty update is left out: DynamoDB has no text for it. */
export function printExpressions(trees: ExpressionTrees): PrintedExpressions {
  if (Object.values(trees).every((tree) => tree === undefined)) return {};
  const table = new NameTable();
  const printed: PrintedExpressions = {};
  for (const name of ["KeyConditionExpression", "ConditionExpression", "FilterExpression"] as const) {
    const tree = trees[name];
    if (tree !== undefined) printed[name] = printCondition(tree, table);
  }
  const { UpdateExpression: update, ProjectionExpression: projection } = trees;
  if (update !== undefined && update.length > 0) printed.UpdateExpression = printUpdate(update, table);
  if (projection !== undefined) printed.ProjectionExpression = printProjection(projection, table);
  if (table.names !== undefined) printed.ExpressionAttributeNames = table.names;
  if (table.values !== undefined) printed.ExpressionAttributeValues = table.values;
  return printed;
}

import type { AttributeMap, Item } from "@hotkeep/attributes";
import type { ConsumedCapacity } from "@hotkeep/dax-wire";

/** The parts of DynamoDB's API that a node uses: inputs and outputs as they travel in JSON. */

interface Expressions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: AttributeMap;
}

interface WriteInput extends Expressions {
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
}

/** Item collection metrics as JSON has them. */
export interface CollectionMetricsJson {
  readonly ItemCollectionKey: Item;
  readonly SizeEstimateRangeGB: readonly [number, number];
}

interface WriteOutput {
  readonly Attributes?: Item;
  readonly ConsumedCapacity?: ConsumedCapacity;
  readonly ItemCollectionMetrics?: CollectionMetricsJson;
}

/** Keys of one table in a BatchGetItem. */
export interface KeysAndAttributes {
  readonly Keys: readonly AttributeMap[];
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

/** One write in a BatchWriteItem. */
export type WriteRequest =
  | { readonly PutRequest: { readonly Item: Item } }
  | { readonly DeleteRequest: { readonly Key: AttributeMap } };

/** One element of a TransactWriteItems. */
export type TransactWriteJson = Readonly<
  Partial<Record<"Put" | "Update" | "Delete" | "ConditionCheck", Readonly<Record<string, unknown>>>>
>;

interface PageInput extends Expressions {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ConsistentRead?: boolean;
  readonly ScanIndexForward?: boolean;
  readonly ExclusiveStartKey?: AttributeMap;
  readonly Limit?: number;
  readonly Select?: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly ReturnConsumedCapacity?: string;
}

interface PageOutput {
  readonly Items?: readonly Item[];
  readonly Count?: number;
  readonly ScannedCount?: number;
  readonly LastEvaluatedKey?: Item;
  readonly ConsumedCapacity?: ConsumedCapacity;
}

interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface IndexDescription {
  readonly IndexName: string;
  readonly Projection?: { readonly ProjectionType?: string };
}

/** What DescribeTable tells of a table. */
export interface TableDescription {
  readonly TableName: string;
  readonly TableId?: string;
  readonly CreationDateTime?: number;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
  readonly LocalSecondaryIndexes?: readonly IndexDescription[];
  readonly LatestStreamArn?: string;
  readonly StreamSpecification?: { readonly StreamEnabled: boolean };
}

/** A shard of a table's stream. */
export interface StreamShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange?: { readonly EndingSequenceNumber?: string };
}

/** A change in a table's stream; what else it carries depends on the stream. */
export interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: { readonly Keys: AttributeMap; readonly NewImage?: Item };
}

/** Calls by name. */
export interface TableCalls {
  DescribeTable: { input: { readonly TableName: string }; output: { readonly Table: TableDescription } };
  DescribeStream: {
    input: { readonly StreamArn: string; readonly ExclusiveStartShardId?: string };
    output: {
      readonly StreamDescription: { readonly Shards: readonly StreamShard[]; readonly LastEvaluatedShardId?: string };
    };
  };
  GetShardIterator: {
    input: { readonly StreamArn: string; readonly ShardId: string; readonly ShardIteratorType: string };
    output: { readonly ShardIterator: string };
  };
  GetRecords: {
    input: { readonly ShardIterator: string; readonly Limit?: number };
    output: { readonly Records: readonly StreamRecord[]; readonly NextShardIterator?: string };
  };
  GetItem: {
    input: Expressions & {
      readonly TableName: string;
      readonly Key: AttributeMap;
      readonly ConsistentRead?: boolean;
      readonly ProjectionExpression?: string;
      readonly ReturnConsumedCapacity?: string;
    };
    output: { readonly Item?: Item; readonly ConsumedCapacity?: ConsumedCapacity };
  };
  PutItem: { input: WriteInput & { readonly Item: Item }; output: WriteOutput };
  UpdateItem: {
    input: WriteInput & { readonly Key: AttributeMap; readonly UpdateExpression?: string };
    output: WriteOutput;
  };
  DeleteItem: { input: WriteInput & { readonly Key: AttributeMap }; output: WriteOutput };
  Query: { input: PageInput; output: PageOutput };
  Scan: { input: PageInput; output: PageOutput };
  BatchGetItem: {
    input: {
      readonly RequestItems: Readonly<Record<string, KeysAndAttributes>>;
      readonly ReturnConsumedCapacity?: string;
    };
    output: {
      readonly Responses?: Readonly<Record<string, readonly Item[]>>;
      readonly UnprocessedKeys?: Readonly<Record<string, KeysAndAttributes>>;
      readonly ConsumedCapacity?: readonly ConsumedCapacity[];
    };
  };
  BatchWriteItem: {
    input: {
      readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
      readonly ReturnConsumedCapacity?: string;
      readonly ReturnItemCollectionMetrics?: string;
    };
    output: {
      readonly UnprocessedItems?: Readonly<Record<string, readonly WriteRequest[]>>;
      readonly ConsumedCapacity?: readonly ConsumedCapacity[];
      readonly ItemCollectionMetrics?: Readonly<Record<string, readonly CollectionMetricsJson[]>>;
    };
  };
  TransactGetItems: {
    input: {
      readonly TransactItems: readonly { readonly Get: Readonly<Record<string, unknown>> }[];
      readonly ReturnConsumedCapacity?: string;
    };
    output: {
      readonly Responses?: readonly { readonly Item?: Item }[];
      readonly ConsumedCapacity?: readonly ConsumedCapacity[];
    };
  };
  TransactWriteItems: {
    input: {
      readonly TransactItems: readonly TransactWriteJson[];
      readonly ClientRequestToken?: string;
      readonly ReturnConsumedCapacity?: string;
      readonly ReturnItemCollectionMetrics?: string;
    };
    output: {
      readonly ConsumedCapacity?: readonly ConsumedCapacity[];
      readonly ItemCollectionMetrics?: Readonly<Record<string, readonly CollectionMetricsJson[]>>;
    };
  };
}

export type TableCallName = keyof TableCalls;

/** What goes along with a call and is no part of it. */
export interface CallOptions {
  /** The trace that the call belongs to: a header of its name. */
  readonly traceparent?: string;
}

/** The tables behind the cache, called as the cluster's service role. */
export interface TableEndpoint {
  /**
   * @throws AwsError what the endpoint answered, its own message untouched
   * @throws TableUnreachable when there was no answer
   */
  call<Name extends TableCallName>(
    name: Name,
    input: TableCalls[Name]["input"],
    options?: CallOptions,
  ): Promise<TableCalls[Name]["output"]>;
}

/** The table endpoint did not answer. */
export class TableUnreachable extends Error {
  /** Whether the request may have arrived all the same, and been carried out. */
  readonly perhapsDone: boolean;

  constructor(message: string, perhapsDone: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "TableUnreachable";
    this.perhapsDone = perhapsDone;
  }
}

// Written by tools/generate-models.mjs.
import type * as sdk from "@aws-sdk/client-dynamodb-streams";
import type { DataPlaneTyped } from "./data-plane-typed.js";

/** The operations of dynamodbstreams with the types of their inputs and outputs, for `operationsOf`. */
export type DynamoDbStreamsOperations = {
  DescribeStream: DataPlaneTyped<sdk.DescribeStreamCommandInput, sdk.DescribeStreamCommandOutput>;
  GetRecords: DataPlaneTyped<sdk.GetRecordsCommandInput, sdk.GetRecordsCommandOutput>;
  GetShardIterator: DataPlaneTyped<sdk.GetShardIteratorCommandInput, sdk.GetShardIteratorCommandOutput>;
  ListStreams: DataPlaneTyped<sdk.ListStreamsCommandInput, sdk.ListStreamsCommandOutput>;
};

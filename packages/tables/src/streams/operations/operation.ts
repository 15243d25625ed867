import { type DynamoDbStreamsOperations, operationsOf } from "@hotkeep/protocols";

/** Makes a named operation of the DynamoDB Streams API. */
export const streamsOperation = operationsOf<DynamoDbStreamsOperations>();

/** The decoded input of an operation. */
export type StreamsInputOf<Name extends keyof DynamoDbStreamsOperations> = DynamoDbStreamsOperations[Name]["input"];

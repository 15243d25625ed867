import { type DynamoDbOperations, operationsOf } from "@hotkeep/protocols";

/** Makes a named operation of the DynamoDB API. */
export const operation = operationsOf<DynamoDbOperations>();

/** The decoded input of an operation. */
export type InputOf<Name extends keyof DynamoDbOperations> = DynamoDbOperations[Name]["input"];

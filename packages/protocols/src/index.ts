export { AnswerHold } from "./answer-hold.js";
export type { AuditRecord } from "./audit.js";
export * from "./authorizer.js";
export * from "./credentials.js";
export type { RepeatableHead } from "./http/repeatable-head.js";
export * from "./http.js";
export { type RawJson, rawJson } from "./json/raw-json.js";
export { bodyBytesMax, clockSkewJsonMs, clockSkewQueryMs, dynamoDbBodyBytesMax } from "./limits.js";
export type { OpaqueValue } from "./model/data-plane-typed.js";
export type { DaxOperations } from "./model/dax.operations.js";
export type { DynamoDbOperations } from "./model/dynamodb.operations.js";
export type { DynamoDbStreamsOperations } from "./model/dynamodbstreams.operations.js";
export type { Ec2Operations } from "./model/ec2.operations.js";
export type * from "./model/hotkeep.operations.js";
export type { IamOperations } from "./model/iam.operations.js";
export type { CloudWatchOperations } from "./model/monitoring.operations.js";
export type { StsOperations } from "./model/sts.operations.js";
export type { In, Out } from "./model/typed.js";
export * from "./operation.js";
export * from "./router.js";
export { createRouter, type RouterOptions } from "./routing/create-router.js";
export { loadNativeSignedHeads } from "./sigv4/native-signed-heads.js";
export {
  RequestSigner,
  type SignableRequest,
  type SignatureHeaders,
  type SigningScope,
  sign,
} from "./sigv4/sign.js";
export type { SignedHead } from "./sigv4/signed-head.js";
export { signingKey } from "./sigv4/signing-key.js";
export { amzDate, parseAmzDate } from "./sigv4/time.js";

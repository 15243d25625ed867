export {
  type AuthorizationClaim,
  clockSkewMsMax,
  readAuthorization,
  verifyAuthorization,
} from "./authorization.js";
export * from "./client-frames.js";
export { malformedRequest, WireError, type WireErrorKind } from "./errors.js";
export { FrameScanner } from "./frame-scanner.js";
export * from "./limits.js";
export { argumentCount, type MethodName, methodIds, methodName } from "./methods.js";
export { type PlainGetItem, plainGetItem, readPlainGetItem } from "./plain-get-item.js";
export { type Preamble, readPreamble } from "./preamble.js";
export * from "./request.js";
export { decodeRequest } from "./requests/decode-request.js";
export { decodeStartKey, effectiveSelect } from "./requests/page-options.js";
export * from "./response.js";
export { encodeBatchGetResponse, encodeBatchWriteResponse } from "./responses/batch.js";
export {
  encodeAttributeListIdResponse,
  encodeAttributeListResponse,
  encodeEndpointsResponse,
  encodeKeySchemaResponse,
} from "./responses/control.js";
export {
  authenticationRequiredMessage,
  closingResponse,
  daxErrorOf,
  encodeError,
  errorCodes,
  errorCodesFor,
} from "./responses/error.js";
export { projectionOrdinals } from "./responses/projection.js";
export { encodeGetItemResponse, encodePageResponse, encodeWriteResponse } from "./responses/single.js";
export { encodeTransactGetResponse, encodeTransactWriteResponse } from "./responses/transaction.js";
export { decodeValue, encodeValue } from "./values/attribute-value.js";
export {
  attributeNamesOf,
  decodeItem,
  emptyListId,
  encodeItem,
  encodeWithLists,
  itemListId,
  requestListIds,
} from "./values/item.js";
export { canonicalKey, decodeKey, encodeKey, isCanonicalKey } from "./values/key.js";

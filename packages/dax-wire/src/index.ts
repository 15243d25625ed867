export { malformedRequest, WireError, type WireErrorKind } from "./errors.js";
export * from "./face.js";
export * from "./limits.js";
export { argumentCount, type MethodName, methodIds, methodName } from "./methods.js";
export * from "./request.js";
export * from "./response.js";

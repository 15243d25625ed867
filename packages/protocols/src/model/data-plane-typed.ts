import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { RawJson } from "../json/raw-json.js";

type Leaf = string | number | boolean | bigint | Date | Uint8Array | null | undefined;

/**
 * Where the model has an AttributeValue, the handler gets what the client's JSON had, unchecked: any JSON value, `null`
 * included. The map or list around it is checked to be an object or array. Binary values are base64 text.
 */
export type OpaqueValue = unknown;

type OpaqueIn<T> = [T] extends [AttributeValue]
  ? OpaqueValue
  : T extends Leaf
    ? T
    : T extends readonly (infer Element)[]
      ? OpaqueIn<Element>[]
      : { [Key in keyof T]: OpaqueIn<Exclude<T[Key], undefined>> };

type OpaqueOut<T> = [T] extends [AttributeValue]
  ? OpaqueValue
  : T extends Leaf
    ? T
    : T extends readonly (infer Element)[]
      ? readonly OpaqueOut<Element>[]
      : { readonly [Key in keyof T]: OpaqueOut<Exclude<T[Key], undefined>> | undefined };

/** One operation of DynamoDB's type map: attribute values are opaque, and an answer may be encoded already. */
export interface DataPlaneTyped<Input, Output> {
  readonly input: OpaqueIn<Input>;
  readonly output: OpaqueOut<Omit<Output, "$metadata">> | RawJson;
}

import { CborReader } from "../cbor/reader.js";
import { malformedRequest } from "../errors.js";
import { attributeListBytesMax, attributeListNamesMax } from "../limits.js";
import { type MethodName, methodName } from "../methods.js";
import type { DaxRequest, DefineAttributeListIdRequest } from "../request.js";
import { decodeBatchGet, decodeBatchWrite } from "./batch.js";
import { nameOf } from "./options.js";
import { decodeDelete, decodeGet, decodePut, decodeQuery, decodeScan, decodeUpdateItem } from "./single.js";
import { decodeTransactGet, decodeTransactWrite } from "./transaction.js";

/**
 * Decodes one complete frame, as found by `FrameScanner`. Keys, items and other byte strings in the result are views
 * into `frame`: whoever keeps one longer than the frame's bytes copies it.
 * @throws AwsError ValidationException when the content has a wrong shape; the connection stays usable
 */
export function decodeRequest(frame: Buffer): DaxRequest {
  const reader = new CborReader(frame);
  reader.integer("the service id");
  const method = methodName(reader.integer("the method id"));
  if (method === undefined) throw malformedRequest("the method is unknown");
  const request = decodeArguments(method, reader);
  if (!reader.atEnd) throw malformedRequest("there is something behind the last argument");
  return request;
}

function decodeArguments(method: MethodName, reader: CborReader): DaxRequest {
  switch (method) {
    case "authorizeConnection":
      return {
        method,
        accessKeyId: reader.text("the access key id"),
        signature: reader.text("the signature"),
        stringToSign: reader.bytes("the string to sign"),
        sessionToken: reader.nullIfThere() ? null : reader.text("the session token"),
        userAgent: reader.nullIfThere() ? null : reader.text("the user agent"),
      };
    case "endpoints":
      return { method };
    case "defineKeySchema":
      return { method, table: nameOf(reader, "the table name") };
    case "defineAttributeListId":
      return decodeAttributeListId(reader);
    case "defineAttributeList":
      return { method, id: reader.integer("an attribute list id") };
    case "getItem":
      return decodeGet(reader);
    case "putItem":
      return decodePut(reader);
    case "updateItem":
      return decodeUpdateItem(reader);
    case "deleteItem":
      return decodeDelete(reader);
    case "query":
      return decodeQuery(reader);
    case "scan":
      return decodeScan(reader);
    case "batchGetItem":
      return decodeBatchGet(reader);
    case "batchWriteItem":
      return decodeBatchWrite(reader);
    case "transactGetItems":
      return decodeTransactGet(reader);
    case "transactWriteItems":
      return decodeTransactWrite(reader);
  }
}

function decodeAttributeListId(reader: CborReader): DefineAttributeListIdRequest {
  const names = new Set<string>();
  const count = reader.arrayStart("the attribute names");
  const start = reader.position;
  for (let done = 0; reader.more(count, done); done++) {
    if (done >= attributeListNamesMax) {
      throw malformedRequest(`an attribute list has more than ${attributeListNamesMax} names`);
    }
    if (reader.position - start > attributeListBytesMax) {
      throw malformedRequest(`an attribute list is longer than ${attributeListBytesMax} bytes`);
    }
    const name = reader.text("an attribute name");
    if (names.has(name)) throw malformedRequest(`the attribute \`${name}\` is in the list twice`);
    names.add(name);
  }
  return { method: "defineAttributeListId", names: [...names] };
}

import { isIPv4, isIPv6 } from "node:net";
import type { KeySchema } from "@hotkeep/attributes";
import { HotkeepError } from "@hotkeep/core";
import { encode } from "../cbor/writer.js";
import type { EndpointEntry } from "../response.js";
import { emptyListId } from "../values/item.js";
import { writeSuccess } from "./response-keys.js";

/** The answer to defineKeySchema: partition key first. */
export function encodeKeySchemaResponse(schema: KeySchema): Buffer {
  const attributes = schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
  return encode((writer) => {
    writeSuccess(writer);
    writer.map(attributes.length);
    for (const { name, type } of attributes) {
      writer.text(name);
      writer.text(type);
    }
  });
}

/** The answer to defineAttributeListId. @throws HotkeepError for an id that clients cannot use */
export function encodeAttributeListIdResponse(id: number): Buffer {
  // Observed: clients take 0 for "no answer yet" and wait until they give up.
  if (!Number.isSafeInteger(id) || id < emptyListId) {
    throw new HotkeepError("AttributeListIdInvalid", `\`${id}\` cannot be an attribute list's id`);
  }
  return encode((writer) => {
    writeSuccess(writer);
    writer.integer(id);
  });
}

/** The answer to defineAttributeList: the names in their order. */
export function encodeAttributeListResponse(names: readonly string[]): Buffer {
  return encode((writer) => {
    writeSuccess(writer);
    writer.array(names.length);
    for (const name of names) writer.text(name);
  });
}

// Keys of an endpoint.
const nodeId = 0;
const hostName = 1;
const address = 2;
const port = 3;
const role = 4;
const zone = 5;
const leaderSessionId = 6;
const leaderRole = 1;
const replicaRole = 2;

/** The answer to endpoints. Clients need exactly one leader; an empty list counts as a failure. */
export function encodeEndpointsResponse(endpoints: readonly EndpointEntry[]): Buffer {
  return encode((writer) => {
    writeSuccess(writer);
    writer.array(endpoints.length);
    for (const endpoint of endpoints) {
      const optional = [endpoint.hostName, endpoint.zone, endpoint.leaderSessionId];
      writer.map(4 + optional.filter((field) => field !== undefined).length);
      writer.integer(nodeId);
      writer.integer(endpoint.nodeId);
      if (endpoint.hostName !== undefined) {
        writer.integer(hostName);
        writer.text(endpoint.hostName);
      }
      writer.integer(address);
      writer.bytes(addressBytes(endpoint.address));
      writer.integer(port);
      writer.integer(endpoint.port);
      writer.integer(role);
      writer.integer(endpoint.leader ? leaderRole : replicaRole);
      if (endpoint.zone !== undefined) {
        writer.integer(zone);
        writer.text(endpoint.zone);
      }
      if (endpoint.leaderSessionId !== undefined) {
        writer.integer(leaderSessionId);
        writer.integer(endpoint.leaderSessionId);
      }
    }
  });
}

/** 4 or 16 bytes. @throws HotkeepError when it is no IP address: clients dial the bytes, names do not help them */
function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  if (!isIPv6(text) || text.includes("%")) {
    throw new HotkeepError("EndpointAddressInvalid", `\`${text}\` is not an IP address`, {
      help: "Advertise the node with an address that clients can reach.",
    });
  }
  // The URL parser writes an IPv6 address in one form: hexadecimal groups, one run of zeros shortened.
  const [left = "", right] = new URL(`http://[${text}]`).hostname.slice(1, -1).split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = new Array<string>(8 - head.length - tail.length).fill("0");
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

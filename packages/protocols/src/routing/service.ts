import { HotkeepError } from "@hotkeep/core";
import { CborWire, rpcV2Cbor } from "../cbor/cbor-wire.js";
import type { Headers } from "../http/headers.js";
import type { HttpRequest } from "../http.js";
import { JsonWire } from "../json/json-wire.js";
import { loadTables } from "../model/load.js";
import type { ProtocolName, ServiceTables } from "../model/tables.js";
import type { Operation, ServiceHandlers, ServiceName, SigningName } from "../operation.js";
import { Ec2Wire, QueryWire } from "../query/query-wire.js";
import type { Wire } from "./wire.js";

/** An operation's handler as the router calls it: types were checked where it was written. */
export type AnyOperation = Operation<unknown, unknown>;

/** One service: how it speaks, and what it can do. */
export interface Service {
  /** What its requests are signed for. */
  readonly signing: SigningName;
  readonly tables: ServiceTables;
  /** How most of its clients speak; local calls are read by it. */
  readonly wire: Wire;
  /** How this client speaks. */
  wireFor(request: HttpRequest, headers: Headers): Wire;
  readonly operations: ReadonlyMap<string, AnyOperation>;
}

/**
 * Puts the handlers of every room together, by service. A service without handlers still speaks its protocol: all its
 * operations are unknown.
 *
 * @throws HotkeepError when two handlers claim an operation, or one an operation that the model does not have.
 */
export function assembleServices(rooms: readonly ServiceHandlers[]): (name: ServiceName) => Service {
  const assembled = new Map<ServiceName, Service & { readonly operations: Map<string, AnyOperation> }>();
  const get = (name: ServiceName) => {
    let service = assembled.get(name);
    if (service === undefined) {
      const tables = loadTables(name);
      service = { signing: signingName(tables), tables, ...wiresOf(tables), operations: new Map() };
      assembled.set(name, service);
    }
    return service;
  };
  for (const room of rooms) {
    const { wire, operations } = get(room.service);
    for (const { name, operation } of room.operations) {
      const full = `${room.service}:${name}`;
      if (!wire.has(name)) throw new HotkeepError("UnknownModelOperation", `the model has no operation \`${full}\``);
      if (operations.has(name)) throw new HotkeepError("DuplicateOperation", `\`${full}\` has two handlers`);
      operations.set(name, operation as unknown as AnyOperation);
    }
  }
  return get;
}

function signingName({ service, signing }: ServiceTables): SigningName {
  if (signing !== undefined) return signing;
  if (service === "dynamodbstreams") throw new Error("the tables of dynamodbstreams name no signing service");
  return service;
}

function wiresOf(tables: ServiceTables): Pick<Service, "wire" | "wireFor"> {
  const wire = wireOf(tables, tables.protocol);
  if (tables.otherProtocols === undefined) return { wire, wireFor: () => wire };
  const others = new Map(tables.otherProtocols.map((protocol) => [protocol, wireOf(tables, protocol)]));
  return { wire, wireFor: (request, headers) => others.get(spokenProtocol(request, headers)) ?? wire };
}

/** What the request is written in, as far as its head tells. */
function spokenProtocol(request: HttpRequest, headers: Headers): ProtocolName {
  if (headers.get("smithy-protocol") === rpcV2Cbor) return "cbor";
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers.get("content-type") ?? "");
  return isForm || /[?&]Action=/.test(request.url) ? "query" : "json";
}

function wireOf(tables: ServiceTables, protocol: ProtocolName): Wire {
  switch (protocol) {
    case "json":
      return new JsonWire(tables);
    case "cbor":
      return new CborWire(tables);
    case "ec2":
      return new Ec2Wire(tables);
    case "query":
      return new QueryWire(tables);
  }
}

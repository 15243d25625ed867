import { type DaxRequest, decodeRequest, itemListId } from "@hotkeep/dax-wire";
import { CborReader } from "../../src/cbor/reader.js";
import { type Json, sortedNames, type Vector, vectors } from "./vectors.js";

/** The attribute lists of one recorded client: ids were given out in order while it was recorded. */
export class RecordedLists {
  readonly #names = new Map<number, readonly string[]>();
  readonly #ids = new Map<string, number>();

  add(id: number, names: readonly string[]): void {
    const known = this.#names.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(names)) {
      throw new Error(`list ${id} is both ${known} and ${names}`);
    }
    this.#names.set(id, names);
    this.#ids.set(JSON.stringify(names), id);
  }

  addMissing(other: RecordedLists): void {
    for (const [id, names] of other.#names) {
      if (!this.#names.has(id) && this.idOf(names) === undefined) this.add(id, names);
    }
  }

  names(id: number): readonly string[] {
    if (id === 1) return [];
    const names = this.#names.get(id);
    if (names === undefined) throw new Error(`list ${id} was never recorded`);
    return names;
  }

  /** undefined when the recording has no such list. */
  idOf(names: readonly string[]): number | undefined {
    return this.#ids.get(JSON.stringify(names));
  }
}

/** Puts of a request with the items of the call that made it. */
function putsOf(request: DaxRequest, input: Json): [string, Buffer, Json][] {
  switch (request.method) {
    case "putItem":
      return [[request.table, request.item, input.Item]];
    case "batchWriteItem":
      return request.tables.flatMap(({ table, writes }) =>
        writes.flatMap(({ item }, index): [string, Buffer, Json][] =>
          item === null ? [] : [[table, item, input.RequestItems[table][index].PutRequest.Item]],
        ),
      );
    case "transactWriteItems":
      return request.writes.flatMap(({ table, item }, index): [string, Buffer, Json][] =>
        item === null ? [] : [[table, item, input.TransactItems[index].Put.Item]],
      );
    default:
      return [];
  }
}

function learn(lists: RecordedLists, vector: Vector): void {
  const frames = [...(vector.before ?? [])];
  if (vector.request_hex !== null && vector.response_hex !== null && vector.decoded?.error === undefined) {
    frames.push({
      method: vector.call.operation,
      request_hex: vector.request_hex,
      response_hex: vector.response_hex,
    });
  }
  for (const frame of frames) {
    if (frame.method === "handshake" || frame.method === "connect") continue;
    const request = decodeRequest(Buffer.from(frame.request_hex, "hex"));
    const response = new CborReader(Buffer.from(frame.response_hex, "hex"), 1);
    if (request.method === "defineAttributeListId") lists.add(response.integer("id"), request.names);
    if (request.method === "defineAttributeList") {
      const count = response.arrayStart("names");
      lists.add(
        request.id,
        Array.from({ length: count }, () => response.text("name")),
      );
    }
    if (frame.request_hex !== vector.request_hex) continue;
    for (const [table, item, input] of putsOf(request, vector.call.input)) {
      const id = itemListId(item);
      if (id !== 1) lists.add(id, sortedNames(table, input, vector.client));
    }
  }
}

/**
 * The lists that a client's recording used. Ids were given out in the same order to all clients, and not every vector
 * says where its id comes from, so what one recording leaves open comes from the other.
 */
export function recordedLists(client: string): RecordedLists {
  const own = client.split(" ")[0]!;
  let lists = cache.get(own);
  if (lists === undefined) {
    lists = new RecordedLists();
    cache.set(own, lists);
    const others = ["js-v3", "go-v1"].filter((other) => other !== own);
    for (const name of [own, ...others]) {
      const learned = new RecordedLists();
      for (const vector of vectors) if (vector.client.split(" ").includes(name)) learn(learned, vector);
      lists.addMissing(learned);
    }
  }
  return lists;
}

const cache = new Map<string, RecordedLists>();

import { readdirSync, readFileSync } from "node:fs";
import { CborReading, readAll, type Value } from "./cbor.js";

const vectors = new URL("../../../packages/dax-wire/test/vectors/", import.meta.url);

interface Exchange {
  readonly method?: string;
  readonly request_hex: string | null;
  readonly response_hex: string | null;
  readonly before?: readonly Exchange[];
}

const files = readdirSync(vectors).filter((file) => file.endsWith(".json"));

function exchangesIn(file: string): readonly Exchange[] {
  const recorded = JSON.parse(readFileSync(new URL(file, vectors), "utf8")) as readonly Exchange[];
  return recorded.flatMap((one) => [...(one.before ?? []), one]);
}

const isHandshake = (file: string): boolean => file === "handshake.json";

function requestsOf(chosen: readonly string[]): readonly Buffer[] {
  const found = chosen.flatMap((file) => exchangesIn(file).flatMap(({ request_hex: request }) => request ?? []));
  return [...new Set(found)].map((request) => Buffer.from(request, "hex"));
}

/** Request frames as official clients have sent them to recording servers, each once. */
export function recordedFrames(): readonly Buffer[] {
  return requestsOf(files.filter((file) => !isHandshake(file))).filter((frame) => frame.length >= 6 && frame[0] === 1);
}

/** What those clients said first. */
export function recordedPreambles(): readonly Buffer[] {
  return requestsOf(files.filter(isHandshake));
}

/** The key types by table name: `tblSN` has a partition key `pk` of type S and a sort key `sk` of type N. */
export const recordedTables: readonly { readonly name: string; readonly hash: string; readonly range?: string }[] = [
  ..."SNB",
].flatMap((hash) => [
  { name: `tbl${hash}`, hash },
  ...[..."SNB"].map((range) => ({ name: `tbl${hash}${range}`, hash, range })),
]);

/** Method id and the bytes of an item, or of a list's names, by the place of the argument that has them. */
const putItem = "3a7d8e7e56";
const defineAttributeListId = "3a495927bb";
const defineAttributeList = "1a27f9bd71";

/**
 * The lists of attribute names that the recorded frames mean by the ids 2, 3, …: as far as somebody asked for them, by
 * their names; else as many names as the items with that id have values.
 */
export function recordedLists(): readonly (readonly string[])[] {
  const lists = new Map<number, readonly string[]>();
  const counts = new Map<number, number>();
  for (const file of files.filter((one) => !isHandshake(one))) {
    for (const { request_hex: request, response_hex: response } of exchangesIn(file)) {
      if (request === null || response === null) continue;
      const method = request.slice(2, 12);
      const [, , first, , item] = readAll(Buffer.from(request, "hex")) ?? [];
      const answer = answerOf(Buffer.from(response, "hex"));
      if (method === defineAttributeListId && answer?.major === 0) lists.set(Number(answer.argument), textsOf(first!));
      if (method === defineAttributeList && answer?.major === 4) lists.set(Number(first!.argument), textsOf(answer));
      const values = method === putItem && item !== undefined ? readAll(item.content) : undefined;
      if (values?.[0]?.major === 0) counts.set(Number(values[0].argument), values.length - 1);
    }
  }
  const last = Math.max(...lists.keys(), ...counts.keys());
  return Array.from({ length: last - 1 }, (_, index) => {
    const id = index + 2;
    return lists.get(id) ?? Array.from({ length: counts.get(id) ?? 1 }, (_, name) => `list${id}-${name}`);
  });
}

/** The value behind the mark of success. */
function answerOf(response: Buffer): Value | undefined {
  if (response[0] !== 0x80 || response.length < 2) return undefined;
  return new CborReading(response, 1).value();
}

const textsOf = (value: Value): readonly string[] => value.children.map(({ content }) => content.toString("utf8"));

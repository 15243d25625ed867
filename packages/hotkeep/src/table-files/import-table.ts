import { HotkeepError } from "@hotkeep/core";
import type { TableFileLimits } from "./limits.js";
import { type Line, readLines } from "./line-source.js";
import type { Progress } from "./progress.js";
import { type Json, type TableClient, TableError } from "./table-client.js";

/** What is imported, and how. */
export interface ImportRequest {
  readonly table: string;
  /** Names of the table's key attributes. */
  readonly keys: readonly string[];
  /** Files of lines `{"Item":{…}}`; `-` is standard input. */
  readonly files: readonly string[];
  /** The first line of the first file to be imported, from 1. */
  readonly fromLine: number;
  /** Batches under way at once. */
  readonly batches: number;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

interface Entry extends Place {
  readonly item: Json;
  /** The item's key, as text that no other key has. */
  readonly key: string;
  readonly bytes: number;
}

interface Batch {
  readonly entries: readonly Entry[];
  readonly done: Promise<void>;
}

function badLine(file: string, line: number, why: string, help?: string): HotkeepError {
  const where = `${file === "-" ? "standard input," : file} line ${line}`;
  return new HotkeepError("BadLine", `${where}: ${why}`, { ...(help !== undefined && { help }) });
}

function malformed(file: string, line: number, why: string): HotkeepError {
  return badLine(file, line, why, 'each line must be one item of the form {"Item":{"Title":{"S":"Emma"}}}');
}

function entryOf(file: string, { number, text }: Line, keys: readonly string[]): Entry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(file, number, `not JSON: ${(error as Error).message}`);
  }
  const item = typeof value === "object" && value !== null ? (value as { readonly Item?: unknown }).Item : undefined;
  if (typeof item !== "object" || item === null || Array.isArray(item))
    throw malformed(file, number, "no `Item` object");
  const values = item as Json;
  const missing = keys.find((name) => !Object.hasOwn(values, name));
  if (missing !== undefined)
    throw malformed(file, number, `the item has no \`${missing}\`, which is a key of the table`);
  const key = JSON.stringify(keys.map((name) => values[name]));
  return { file, line: number, item: values, key, bytes: Buffer.byteLength(text) };
}

/** Writes lines into a table, batch by batch, several at once; of lines with the same key the last one stays. */
class Importer {
  readonly #client: TableClient;
  readonly #request: ImportRequest;
  readonly #limits: TableFileLimits;
  readonly #progress: Progress;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  readonly #underWay = new Set<Batch>();
  /** Keys of entries that are not in the table yet. */
  readonly #keys = new Set<string>();
  /** The first entry of all; undefined: none was taken yet. */
  first: Entry | undefined;
  #failure: { readonly error: unknown; readonly batch: readonly Entry[] } | undefined;

  constructor(client: TableClient, request: ImportRequest, limits: TableFileLimits, progress: Progress) {
    this.#client = client;
    this.#request = request;
    this.#limits = limits;
    this.#progress = progress;
  }

  /** Takes one more entry; waits while enough is under way. @throws when a batch has failed */
  async add(entry: Entry): Promise<void> {
    if (this.#keys.has(entry.key)) await this.finish();
    const { batchItemsMax, batchBytesMax } = this.#limits;
    if (this.#waiting.length === batchItemsMax || this.#waitingBytes + entry.bytes > batchBytesMax) await this.#send();
    this.first ??= entry;
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes;
    this.#keys.add(entry.key);
  }

  /** Resolves when everything is in the table. @throws when a batch has failed */
  async finish(): Promise<void> {
    await this.#send();
    while (this.#underWay.size > 0) await Promise.race([...this.#underWay].map(({ done }) => done));
    this.#check();
  }

  /** The first entry of those not known to be in the table, after everything under way has ended. */
  async firstMissing(): Promise<Entry | undefined> {
    await Promise.allSettled([...this.#underWay].map(({ done }) => done));
    return this.#failure?.batch[0] ?? this.#waiting[0];
  }

  async #send(): Promise<void> {
    this.#check();
    if (this.#waiting.length === 0) return;
    while (this.#underWay.size >= this.#request.batches) {
      await Promise.race([...this.#underWay].map(({ done }) => done));
      this.#check();
    }
    const entries = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const batch: Batch = { entries, done: this.#write(entries).then(() => this.#settle(batch)) };
    this.#underWay.add(batch);
  }

  #settle(batch: Batch): void {
    this.#underWay.delete(batch);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Never rejects: the earliest failed batch is kept. */
  async #write(entries: readonly Entry[]): Promise<void> {
    try {
      await this.#put(entries);
      for (const { key } of entries) this.#keys.delete(key);
      this.#progress.add(
        entries.length,
        entries.reduce((total, { bytes }) => total + bytes, 0),
      );
    } catch (error) {
      const earlier = this.#failure;
      if (earlier === undefined || this.#isBefore(entries[0]!, earlier.batch[0]!)) {
        this.#failure = { error, batch: entries };
      }
    }
  }

  #isBefore(one: Entry, other: Entry): boolean {
    const { files } = this.#request;
    const [first, second] = [files.indexOf(one.file), files.indexOf(other.file)];
    return first === second ? one.line < other.line : first < second;
  }

  async #put(entries: readonly Entry[]): Promise<void> {
    const { table } = this.#request;
    let requests: unknown = entries.map(({ item }) => ({ PutRequest: { Item: item } }));
    for (let attempt = 1; ; attempt++) {
      let answer: Json;
      try {
        answer = await this.#client.call("BatchWriteItem", { RequestItems: { [table]: requests } });
      } catch (error) {
        if (error instanceof TableError && error.type === "ValidationException")
          throw await this.#blame(entries, error);
        throw error;
      }
      const left = Object.values((answer.UnprocessedItems ?? {}) as Json).flat();
      if (left.length === 0) return;
      if (attempt >= this.#limits.attemptsMax) {
        throw new HotkeepError("Throttled", `the table took none of ${left.length} items after ${attempt} attempts`, {
          help: "raise its write capacity, or import with fewer --batches",
        });
      }
      requests = left;
      await this.#client.backOff(attempt);
    }
  }

  /** Puts the items of a refused batch one by one, to say which of them it is. */
  async #blame(entries: readonly Entry[], error: TableError): Promise<unknown> {
    for (const { file, line, item } of entries) {
      try {
        await this.#client.call("PutItem", { TableName: this.#request.table, Item: item });
      } catch (refusal) {
        if (!(refusal instanceof TableError) || refusal.type !== "ValidationException") return refusal;
        const [, why = refusal.message] = refusal.message.split("ValidationException: ");
        return badLine(file, line, why);
      }
    }
    return error;
  }
}

/**
 * Puts the items of files into a table. Items that are there under the same keys are replaced, so that an import can be
 * repeated.
 *
 * @throws HotkeepError `BadLine`, `UnreadableFile`, …; its help says how to go on, where lines were read
 */
export async function importTable(
  client: TableClient,
  request: ImportRequest,
  limits: TableFileLimits,
  progress: Progress,
): Promise<void> {
  const importer = new Importer(client, request, limits, progress);
  let reading: Place = { file: request.files[0] ?? "-", line: request.fromLine };
  try {
    for (const [at, file] of request.files.entries()) {
      for await (const line of readLines(file, limits.lineBytesMax)) {
        if (at === 0 && line.number < request.fromLine) continue;
        reading = { file, line: line.number };
        if (line.text.trim() !== "") await importer.add(entryOf(file, line, request.keys));
      }
    }
    await importer.finish();
  } catch (error) {
    progress.clear();
    // What was read before the fault is written, as far as it can be.
    await importer.finish().catch(() => undefined);
    const missing = await importer.firstMissing();
    const { first } = importer;
    if (first === undefined || !(error instanceof HotkeepError)) throw error;
    throw withHelp(error, missing === first ? repeatable : resumption(request, missing ?? reading));
  }
}

/** What is true when it is not known of any line that it is in the table. */
const repeatable = "some lines may be in the table already; importing them again does no harm";

/** How to go on when everything before a line is in the table. */
function resumption(request: ImportRequest, { file, line }: Place): string {
  if (file === "-") return `everything before line ${line} is in the table`;
  const rest = request.files.slice(request.files.indexOf(file)).join(" ");
  return `everything before line ${line} of ${file} is in the table; go on with \`--from-line ${line} ${rest}\``;
}

/** The same error, with what to do next. */
function withHelp(error: HotkeepError, how: string): HotkeepError {
  const help = error.help === undefined ? how : `${error.help}\n  ${how}`;
  return new HotkeepError(error.code, error.message, { help, cause: error });
}

import type { Condition, Projection, Update } from "@hotkeep/attributes";
import { CborReader, utf8Text } from "../cbor/reader.js";
import { malformedRequest } from "../errors.js";
import { decodeCondition } from "../expressions/condition.js";
import { decodeProjection } from "../expressions/projection.js";
import { decodeUpdate } from "../expressions/update.js";
import { optionEntriesMax } from "../limits.js";
import type { ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues, Select } from "../request.js";

/** Keys of the options map. Observed with all clients. */
export const optionKey = {
  projection: 0,
  consistentRead: 2,
  returnConsumedCapacity: 3,
  condition: 4,
  returnItemCollectionMetrics: 6,
  returnValues: 7,
  update: 8,
  exclusiveStartKey: 9,
  filter: 10,
  indexName: 11,
  limit: 13,
  scanIndexForward: 14,
  select: 15,
  segment: 16,
  totalSegments: 17,
  clientRequestToken: 19,
} as const;

type OptionName = keyof typeof optionKey;

/** Highest key that any client knows. */
const optionKeyMax = 19;

const capacities: readonly ReturnConsumedCapacity[] = ["NONE", "TOTAL", "INDEXES"];
const metrics: readonly ReturnItemCollectionMetrics[] = ["NONE", "SIZE"];
const returnValues: readonly (ReturnValues | undefined)[] = [
  undefined,
  "NONE",
  "ALL_OLD",
  "UPDATED_OLD",
  "ALL_NEW",
  "UPDATED_NEW",
];
const selects: readonly (Select | undefined)[] = [
  undefined,
  "ALL_ATTRIBUTES",
  "ALL_PROJECTED_ATTRIBUTES",
  "COUNT",
  "SPECIFIC_ATTRIBUTES",
];

/**
 * The last argument of every data request. Only finds out where each option is; the getters decode the options that an
 * operation has, so those that it has not are ignored (some clients send defaults everywhere), as are the texts and
 * placeholder maps that some clients add. If a key is there twice, the last one counts: observed, some clients write
 * expressions first as text and then as trees.
 */
export class Options {
  readonly #buffer: Buffer;
  readonly #positions: number[] = new Array<number>(optionKeyMax + 1).fill(-1);
  readonly #end: number;

  /** Reads the options; the reader stands behind them afterwards. @throws AwsError ValidationException */
  constructor(reader: CborReader) {
    this.#buffer = reader.buffer;
    this.#end = reader.end;
    if (reader.nullIfThere()) return;
    const count = reader.mapStart("the options");
    for (let done = 0; reader.more(count, done); done++) {
      if (done >= optionEntriesMax) throw malformedRequest(`there are more than ${optionEntriesMax} options`);
      const key = reader.integer("an option's number");
      if (key < 0 || key > optionKeyMax) throw malformedRequest(`there is no option with the number ${key}`);
      this.#positions[key] = reader.position;
      reader.skip("an option's value");
    }
  }

  get returnConsumedCapacity(): ReturnConsumedCapacity {
    return this.#choice("returnConsumedCapacity", capacities) ?? "NONE";
  }

  get returnItemCollectionMetrics(): ReturnItemCollectionMetrics {
    return this.#choice("returnItemCollectionMetrics", metrics) ?? "NONE";
  }

  get returnValues(): ReturnValues {
    return this.#choice("returnValues", returnValues) ?? "NONE";
  }

  get select(): Select | undefined {
    return this.#choice("select", selects);
  }

  get consistentRead(): boolean {
    return this.#flag("consistentRead") ?? false;
  }

  get scanIndexForward(): boolean {
    return this.#flag("scanIndexForward") ?? true;
  }

  get projection(): Projection | undefined {
    const bytes = this.#bytes("projection");
    return bytes && decodeProjection(bytes);
  }

  get condition(): Condition | undefined {
    const bytes = this.#bytes("condition");
    return bytes && decodeCondition("ConditionExpression", bytes);
  }

  get filter(): Condition | undefined {
    const bytes = this.#bytes("filter");
    return bytes && decodeCondition("FilterExpression", bytes);
  }

  get update(): Update | undefined {
    const bytes = this.#bytes("update");
    return bytes && decodeUpdate(bytes);
  }

  get exclusiveStartKey(): Buffer | undefined {
    return this.#bytes("exclusiveStartKey");
  }

  get indexName(): string | undefined {
    const reader = this.#reader("indexName");
    return reader && nameOf(reader, "IndexName");
  }

  get limit(): number | undefined {
    return this.#reader("limit")?.integer("Limit");
  }

  get segment(): number | undefined {
    return this.#reader("segment")?.integer("Segment");
  }

  get totalSegments(): number | undefined {
    return this.#reader("totalSegments")?.integer("TotalSegments");
  }

  get clientRequestToken(): string | undefined {
    return this.#reader("clientRequestToken")?.text("ClientRequestToken");
  }

  /** undefined when the option is missing or null. */
  #reader(name: OptionName): CborReader | undefined {
    const position = this.#positions[optionKey[name]]!;
    if (position < 0) return undefined;
    const reader = new CborReader(this.#buffer, position, this.#end);
    return reader.nullIfThere() ? undefined : reader;
  }

  #bytes(name: OptionName): Buffer | undefined {
    return this.#reader(name)?.bytes(`option ${name}`);
  }

  /** Observed: a boolean in some operations, 0 or 1 in others. */
  #flag(name: OptionName): boolean | undefined {
    const reader = this.#reader(name);
    if (reader === undefined) return undefined;
    if (reader.kind() === "boolean") return reader.boolean(name);
    const value = reader.integer(`option ${name}`);
    if (value !== 0 && value !== 1) throw malformedRequest(`option ${name} is neither 0 nor 1`);
    return value === 1;
  }

  #choice<T>(name: OptionName, choices: readonly (T | undefined)[]): T | undefined {
    const reader = this.#reader(name);
    if (reader === undefined) return undefined;
    const value = reader.integer(`option ${name}`);
    const choice = choices[value];
    if (choice === undefined) throw malformedRequest(`option ${name} has the unknown value ${value}`);
    return choice;
  }
}

/** A name in a byte string. @throws AwsError ValidationException */
export function nameOf(reader: CborReader, what: string): string {
  return utf8Text(reader.bytes(what), what);
}

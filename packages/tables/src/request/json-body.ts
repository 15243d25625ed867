import { type RawJson, rawJson } from "@hotkeep/protocols";

const nothing = rawJson(Buffer.from("{}"));

/** Answers of up to this size lie side by side in memory of this size, where they were written. */
const slabBytes = 64 * 1024;
/** Longer ones are written in memory that is used again unless it is larger than this, and copied out of it. */
const pageBytesMax = 4 * 1024 * 1024;
/** UTF-8 of a string takes at most so many bytes for each of its units. */
const bytesPerUnitMax = 3;
const comma = 0x2c;

/** What earlier answers have left of a slab, and the memory of long answers. Whoever writes has taken it away. */
let slab: { readonly memory: Buffer; readonly from: number } | undefined;
let page: Buffer | undefined;

/**
 * Writes an answer from JSON text that is there already, such as stored items, and from values yet to be written. Bytes
 * that are given are copied, and the giver's again, at once.
 */
export class JsonBody {
  #memory: Buffer | undefined;
  /** Where the answer begins in the memory, and where it goes on. */
  #from = 0;
  #at = 0;
  /** What follows the bytes there, still to be written. */
  #text = "{";
  #first = true;

  /** A member with any value; left out when undefined. */
  member(name: string, value: unknown): this {
    return value === undefined ? this : this.#name(name).#add(JSON.stringify(value));
  }

  /** A member whose value is JSON text; left out when undefined. */
  spliced(name: string, json: Buffer | string | undefined): this {
    return json === undefined ? this : this.#name(name).#add(json);
  }

  /** A member whose value is a list of JSON texts. */
  list(name: string, elements: readonly (Buffer | string)[]): this {
    this.openList(name);
    for (const element of elements) this.element(element);
    return this.closeList();
  }

  /** Begins a member whose value is a list: what follows are its elements, until it is closed. */
  openList(name: string): this {
    this.#name(name).#add("[");
    this.#first = true;
    return this;
  }

  /** The next element of the open list, in JSON text. */
  element(json: Buffer | string): this {
    return this.#next().#add(json);
  }

  closeList(): this {
    this.#first = false;
    return this.#add("]");
  }

  /** The next element of the open list is an object; `fill` adds its members. */
  objectElement(fill: (body: this) => void): this {
    return this.#next().#add("{").#fill(fill);
  }

  /** A member that is an object again; `fill` adds its members. */
  object(name: string, fill: (body: this) => void): this {
    return this.#name(name).#add("{").#fill(fill);
  }

  /** Members that are JSON text already, at least one of them. */
  members(json: Buffer): this {
    return this.element(json);
  }

  /** The whole answer. */
  done(): RawJson {
    return this.#first ? nothing : rawJson(this.bytes());
  }

  /** The whole object's text. */
  bytes(): Buffer {
    this.#add("}").#writeText();
    const memory = this.#memory!;
    this.#memory = undefined;
    const answer = memory.subarray(this.#from, this.#at);
    if (memory.length === slabBytes) {
      slab = { memory, from: this.#at };
      return answer;
    }
    if (memory.length <= pageBytesMax) page = memory;
    return Buffer.from(answer);
  }

  /** Goes on behind an object's first brace. */
  #fill(fill: (body: this) => void): this {
    this.#first = true;
    fill(this);
    this.#first = false;
    return this.#add("}");
  }

  #name(name: string): this {
    return this.#next().#add(`${JSON.stringify(name)}:`);
  }

  /** Parts what follows from a member or element before it. */
  #next(): this {
    if (!this.#first) this.#add(",");
    this.#first = false;
    return this;
  }

  #add(json: Buffer | string): this {
    if (typeof json === "string") this.#text += json;
    else {
      this.#writeText();
      this.#room(json.length).set(json, this.#at);
      this.#at += json.length;
    }
    return this;
  }

  #writeText(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    const memory = this.#room(text.length * bytesPerUnitMax);
    // What stands between two items does not need the call that writes a text.
    if (text === ",") memory[this.#at++] = comma;
    else this.#at += memory.write(text, this.#at);
  }

  /** The memory, with room for so many bytes more. */
  #room(bytes: number): Buffer {
    const memory = this.#memory ?? this.#take();
    if (this.#at + bytes <= memory.length) return memory;
    const written = this.#at - this.#from;
    const larger = takeMemory(written + bytes);
    memory.copy(larger, 0, this.#from, this.#at);
    this.#from = 0;
    this.#at = written;
    this.#memory = larger;
    return larger;
  }

  #take(): Buffer {
    const { memory, from } = slab ?? { memory: takeMemory(0), from: 0 };
    slab = undefined;
    this.#from = from;
    this.#at = from;
    this.#memory = memory;
    return memory;
  }
}

/** A new slab, or what holds more than one does. */
function takeMemory(bytes: number): Buffer {
  if (bytes <= slabBytes) return Buffer.allocUnsafeSlow(slabBytes);
  const kept = page;
  page = undefined;
  return kept !== undefined && kept.length >= bytes ? kept : Buffer.allocUnsafeSlow(2 * bytes);
}

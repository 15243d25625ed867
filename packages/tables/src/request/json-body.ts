import { type RawJson, rawJson } from "@hotkeep/protocols";

const nothing = rawJson(Buffer.from("{}"));

/** Memory for many answers, one after the other; an answer that is longer gets its own. */
const slabBytes = 64 * 1024;
/** UTF-8 of a string takes at most so many bytes for each of its units. */
const bytesPerUnitMax = 3;
const comma = 0x2c;

/** Memory with what earlier answers have not taken of it. Away while a body is being written into it. */
let slab: { readonly memory: Buffer; readonly from: number } | undefined;

/**
 * Writes an answer from JSON text that is there already, such as stored items, and from values yet to be written. Every
 * byte is copied once, to where it stays: bytes that are given are the giver's again at once.
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
    if (!this.#first) this.#add(",");
    this.#first = false;
    return this.#add(json);
  }

  closeList(): this {
    this.#first = false;
    return this.#add("]");
  }

  /** A member that is an object again; `fill` adds its members. */
  object(name: string, fill: (body: this) => void): this {
    this.#name(name).#add("{");
    this.#first = true;
    fill(this);
    this.#first = false;
    return this.#add("}");
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
    slab = { memory, from: this.#at };
    this.#memory = undefined;
    return memory.subarray(this.#from, this.#at);
  }

  #name(name: string): this {
    this.#add(this.#first ? JSON.stringify(name) : `,${JSON.stringify(name)}`);
    this.#first = false;
    return this.#add(":");
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
    const written = memory.subarray(this.#from, this.#at);
    const larger = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (written.length + bytes)));
    larger.set(written);
    this.#from = 0;
    this.#at = written.length;
    this.#memory = larger;
    return larger;
  }

  #take(): Buffer {
    const { memory, from } = slab ?? { memory: Buffer.allocUnsafeSlow(slabBytes), from: 0 };
    slab = undefined;
    this.#from = from;
    this.#at = from;
    this.#memory = memory;
    return memory;
  }
}

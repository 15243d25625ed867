import { type RawJson, rawJson } from "@hotkeep/protocols";

const nothing = rawJson(Buffer.from("{}"));

/**
 * Puts an answer together from JSON text that is there already, such as stored items, and from values yet to be
 * written. The answer is one buffer, made once its length is known.
 */
export class JsonBody {
  /** Texts and JSON that is there already, by turns, as they follow one another. */
  readonly #parts: (Buffer | string)[] = [];
  /** What follows the last part. */
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
    this.#name(name).#add("[");
    elements.forEach((element, index) => {
      if (index > 0) this.#add(",");
      this.#add(element);
    });
    return this.#add("]");
  }

  /** A member that is an object again; `fill` adds its members. */
  object(name: string, fill: (body: JsonBody) => void): this {
    const inner = new JsonBody();
    fill(inner);
    this.#name(name);
    for (const part of inner.#parts) this.#add(part);
    return this.#add(inner.#text).#add("}");
  }

  /** Members that are JSON text already, at least one of them. */
  members(json: Buffer): this {
    if (!this.#first) this.#add(",");
    this.#first = false;
    return this.#add(json);
  }

  /** The whole answer. */
  done(): RawJson {
    return this.#first ? nothing : rawJson(this.bytes());
  }

  /** The whole object's text. */
  bytes(): Buffer {
    this.#add("}");
    const parts = [...this.#parts, this.#text];
    const lengths = parts.map((part) => (typeof part === "string" ? Buffer.byteLength(part) : part.length));
    const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const [i, part] of parts.entries()) {
      if (typeof part === "string") bytes.write(part, at);
      else bytes.set(part, at);
      at += lengths[i]!;
    }
    return bytes;
  }

  #name(name: string): this {
    this.#add(this.#first ? JSON.stringify(name) : `,${JSON.stringify(name)}`);
    this.#first = false;
    return this.#add(":");
  }

  #add(json: Buffer | string): this {
    if (typeof json === "string") this.#text += json;
    else {
      if (this.#text !== "") this.#parts.push(this.#text);
      this.#text = "";
      this.#parts.push(json);
    }
    return this;
  }
}

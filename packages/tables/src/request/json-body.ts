import { type RawJson, rawJson } from "@hotkeep/protocols";

const nothing = rawJson(Buffer.from("{}"));
const comma = Buffer.from(",");
const colon = Buffer.from(":");

/**
 * Puts an answer together from JSON text that is there already, such as stored items, and from values yet to be
 * written. The answer is one buffer, made once its length is known.
 */
export class JsonBody {
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #first = true;

  constructor() {
    this.#raw("{");
  }

  /** A member with any value; left out when undefined. */
  member(name: string, value: unknown): this {
    return value === undefined ? this : this.#name(name).#raw(JSON.stringify(value));
  }

  /** A member whose value is JSON text; left out when undefined. */
  spliced(name: string, json: Buffer | string | undefined): this {
    return json === undefined ? this : this.#name(name).#raw(json);
  }

  /** A member whose value is a list of JSON texts. */
  list(name: string, elements: readonly (Buffer | string)[]): this {
    this.#name(name).#raw("[");
    elements.forEach((element, index) => {
      if (index > 0) this.#raw(comma);
      this.#raw(element);
    });
    return this.#raw("]");
  }

  /** A member that is an object again; `fill` adds its members. */
  object(name: string, fill: (body: JsonBody) => void): this {
    const inner = new JsonBody();
    fill(inner);
    this.#name(name);
    for (const part of inner.#parts) this.#raw(part);
    return this.#raw("}");
  }

  /** Members that are JSON text already, at least one of them. */
  members(json: Buffer): this {
    if (!this.#first) this.#raw(comma);
    this.#first = false;
    return this.#raw(json);
  }

  /** The whole answer. */
  done(): RawJson {
    return this.#first ? nothing : rawJson(this.bytes());
  }

  /** The whole object's text. */
  bytes(): Buffer {
    this.#raw("}");
    return Buffer.concat(this.#parts, this.#bytes);
  }

  #name(name: string): this {
    if (!this.#first) this.#raw(comma);
    this.#first = false;
    return this.#raw(JSON.stringify(name)).#raw(colon);
  }

  #raw(json: Buffer | string): this {
    const bytes = typeof json === "string" ? Buffer.from(json, "utf8") : json;
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    return this;
  }
}

import { printedValueCharactersMax } from "../limits.js";
import type { ServiceTables, ShapeTable } from "../model/tables.js";
import { lowerFirst } from "../model/words.js";

/**
 * A value as validation messages repeat it, in the manner of Java (observed): `[a, b]`, `{key=value}`,
 * `KeySchemaElement(attributeName=pk, keyType=HASH)`. Long ones are cut.
 *
 * @returns undefined when the value, or something in it, is secret
 */
export function printValue(tables: ServiceTables, shape: ShapeTable, value: unknown): string | undefined {
  const printer = new Printer(tables);
  const text = printer.print(shape, value);
  if (printer.secret) return undefined;
  return text.length > printedValueCharactersMax ? `${text.slice(0, printedValueCharactersMax)}…` : text;
}

class Printer {
  secret = false;
  readonly #tables: ServiceTables;
  #left = printedValueCharactersMax;

  constructor(tables: ServiceTables) {
    this.#tables = tables;
  }

  print(shape: ShapeTable, value: unknown): string {
    if ("secret" in shape && shape.secret) this.secret = true;
    if (this.#left <= 0 || this.secret) return "";
    const inner = (index: number, each: unknown) => this.print(this.#tables.shapes[index]!, each);
    switch (shape.kind) {
      case "list":
        return `[${(value as readonly unknown[]).map((each) => inner(shape.element, each)).join(", ")}]`;
      case "map": {
        const entries = Object.entries(value as object);
        return `{${entries.map(([key, each]) => `${key}=${inner(shape.value, each)}`).join(", ")}}`;
      }
      case "struct": {
        const record = value as Readonly<Record<string, unknown>>;
        const members = shape.members.map(({ name, shape: index }) => {
          const member = record[name];
          return `${lowerFirst(name)}=${member === undefined ? "null" : inner(index, member)}`;
        });
        return `${shape.name}(${members.join(", ")})`;
      }
      case "opaque":
        return "AttributeValue";
      default:
        return this.#scalar(value);
    }
  }

  #scalar(value: unknown): string {
    let text: string;
    if (value instanceof Date) text = value.toISOString();
    else if (value instanceof Uint8Array)
      text = `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
    else text = String(value);
    this.#left -= text.length + 1;
    return text;
  }
}

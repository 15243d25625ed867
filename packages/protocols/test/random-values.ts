import type { SeededRandom } from "@hotkeep/core";
import type { ServiceTables, ShapeTable } from "../src/model/tables.js";

/** One random value twice: as the SDK's clients have it, and as handlers have it (binaries in opaque values differ). */
export interface Pair {
  readonly sdk: unknown;
  readonly ours: unknown;
}

const texts = [
  "plain",
  "",
  "a b",
  " lead and trail ",
  "<a>&amp;\"'</a>",
  "]]>",
  "tab\tline\nreturn\rend",
  "ünïcödé",
  "日本語 🎉",
  "%41+%2B&=;",
  "a.b/c?d#e",
  "0",
  "true",
  "null",
];
const depthMax = 7;

/** Makes random values of a model's shapes, without what the protocol has no way to write. */
export class RandomValues {
  readonly #tables: ServiceTables;
  readonly #random: SeededRandom;

  constructor(tables: ServiceTables, random: SeededRandom) {
    this.#tables = tables;
    this.#random = random;
  }

  make(index: number, depth = 0): Pair {
    const shape = this.#tables.shapes[index]!;
    switch (shape.kind) {
      case "struct":
        return this.#struct(shape, depth);
      case "list": {
        // EC2 lists, and lists too deep, cannot or need not be empty.
        const least = this.#tables.protocol === "ec2" ? 1 : 0;
        const items = Array.from({ length: least + this.#random.below(3) }, () => this.make(shape.element, depth + 1));
        return { sdk: items.map((each) => each.sdk), ours: items.map((each) => each.ours) };
      }
      case "map": {
        const least = this.#tables.protocol === "json" ? 0 : 1;
        const entries = Array.from({ length: least + this.#random.below(3) }, (_, i) => {
          return [`key ${i} ü&<`, this.make(shape.value, depth + 1)] as const;
        });
        return {
          sdk: Object.fromEntries(entries.map(([key, each]) => [key, each.sdk])),
          ours: Object.fromEntries(entries.map(([key, each]) => [key, each.ours])),
        };
      }
      case "opaque":
        return this.#attributeValue(depth);
      default: {
        const value = this.#scalar(shape);
        return { sdk: value, ours: value };
      }
    }
  }

  #struct(shape: ShapeTable & { kind: "struct" }, depth: number): Pair {
    const sdk: Record<string, unknown> = {};
    const ours: Record<string, unknown> = {};
    for (const [position, member] of shape.members.entries()) {
      // The form protocols cannot write an empty structure, so the first member is always there.
      const wanted =
        member.required || member.token || position === 0 || (depth < depthMax && this.#random.below(10) < 7);
      if (!wanted) continue;
      const pair = this.make(member.shape, depth + 1);
      sdk[member.name] = pair.sdk;
      ours[member.name] = pair.ours;
    }
    return { sdk, ours };
  }

  #scalar(shape: ShapeTable): unknown {
    const random = this.#random;
    switch (shape.kind) {
      case "int":
        return (random.next() | 0) >> random.below(31);
      case "long":
        return random.next() * 1024 - 2 ** 40;
      case "float":
      case "double":
        return (random.next() - 2 ** 31) / 1024;
      case "bool":
        return random.below(2) === 1;
      case "blob":
        return new Uint8Array(random.bytes(random.below(20)));
      case "time": {
        const seconds = random.next() * 1000;
        return new Date(this.#tables.protocol === "query" ? seconds : seconds + random.below(1000));
      }
      default:
        return texts[random.below(texts.length)]!;
    }
  }

  #attributeValue(depth: number): Pair {
    const random = this.#random;
    const same = (value: unknown): Pair => ({ sdk: value, ours: value });
    switch (random.below(depth < depthMax ? 8 : 5)) {
      case 0:
        return same({ S: texts[random.below(texts.length)]! });
      case 1:
        return same({ N: `${random.next()}` });
      case 2:
        return same({ BOOL: true });
      case 3:
        return same({ NS: ["1", "2.5"] });
      case 4: {
        const bytes = new Uint8Array(random.bytes(random.below(9)));
        return { sdk: { B: bytes }, ours: { B: Buffer.from(bytes).toString("base64") } };
      }
      case 5: {
        const items = [this.#attributeValue(depth + 1), this.#attributeValue(depth + 1)];
        return { sdk: { L: items.map(({ sdk }) => sdk) }, ours: { L: items.map(({ ours }) => ours) } };
      }
      case 6: {
        const item = this.#attributeValue(depth + 1);
        return { sdk: { M: { "k ü": item.sdk } }, ours: { M: { "k ü": item.ours } } };
      }
      default:
        return same({ NULL: true });
    }
  }
}

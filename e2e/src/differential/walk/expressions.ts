import type { Json, JsonObject } from "../json.js";
import type { Chance } from "./random.js";
import { anyValue, attributeNames, attributes, type KeyPart, keyValue, valueOfType } from "./world.js";

/** Writes expressions of one request and keeps their placeholders. */
export class ExpressionWriter {
  readonly #chance: Chance;
  readonly #names = new Map<string, string>();
  readonly #values: Json[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** What the expressions written so far need. */
  placeholders(): JsonObject {
    return {
      ...(this.#names.size === 0
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, key]) => [key, name])) }),
      ...(this.#values.length === 0
        ? {}
        : { ExpressionAttributeValues: Object.fromEntries(this.#values.map((value, at) => [`:v${at}`, value])) }),
    };
  }

  condition(depth = 0): string {
    const chance = this.#chance;
    if (depth < 3 && chance.happens(30)) {
      const inner = chance.many(2 + chance.below(2), () => this.condition(depth + 1));
      const joined = inner.join(chance.pick([" AND ", " OR ", " and "]));
      return chance.happens(40) ? `(${joined})` : joined;
    }
    if (depth < 3 && chance.happens(8)) return `NOT ${this.condition(depth + 1)}`;
    if (depth < 3 && chance.happens(4)) return `(${this.#comparison()})`;
    return this.#comparison();
  }

  keyCondition(hash: KeyPart, range: KeyPart | undefined): string {
    const chance = this.#chance;
    const first = `${this.name(hash.name)} = ${this.value(keyValue(chance, hash, true))}`;
    if (range === undefined || chance.happens(40)) return first;
    const path = this.name(range.name);
    const value = () => this.value(keyValue(chance, range, false));
    if (range.type !== "N" && chance.happens(20)) return `${first} AND begins_with(${path}, ${value()})`;
    if (chance.happens(20)) {
      const same = value();
      return `${first} AND ${path} BETWEEN ${same} AND ${same}`;
    }
    const second = `${path} ${chance.pick(["=", "<", "<=", ">", ">="])} ${value()}`;
    return chance.happens(15) ? `${second} AND ${first}` : `${first} AND ${second}`;
  }

  projection(): string {
    const chance = this.#chance;
    const tops = chance.some([...attributeNames, "pk", "absent"], 1 + chance.below(4));
    return tops.map((top) => this.#pathFrom(top)).join(", ");
  }

  /** An update of different attributes, none of them in `forbidden`. */
  update(forbidden: ReadonlySet<string>): {
    readonly text: string;
    readonly touchesParts: boolean;
    readonly adds: boolean;
  } {
    const chance = this.#chance;
    const free = attributeNames.filter((name) => !forbidden.has(name));
    const sections = new Map<string, string[]>();
    let touchesParts = false;
    for (const name of chance.some(free, 1 + chance.below(3))) {
      const type = attributes[name]!;
      const word = chance.pick(
        type === "N"
          ? ["SET", "SET", "ADD", "REMOVE"]
          : type.endsWith("S") && type !== "S"
            ? ["SET", "ADD", "DELETE"]
            : ["SET", "SET", "REMOVE"],
      );
      const path = (type === "M" || type === "L") && chance.happens(50) ? this.#part(name, type) : this.name(name);
      if (path.endsWith("]") || path.includes(".")) touchesParts = true;
      const action =
        word === "REMOVE"
          ? path
          : word === "SET"
            ? `${path} = ${this.#setValue(type)}`
            : `${path} ${this.value(valueOfType(chance, type))}`;
      sections.set(word, [...(sections.get(word) ?? []), action]);
    }
    const text = [...sections].map(([word, actions]) => `${word} ${actions.join(", ")}`).join(" ");
    return { text, touchesParts, adds: sections.has("SET") || sections.has("ADD") };
  }

  value(value: Json): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }

  /** The name as it is, or a placeholder for it. */
  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (!this.#chance.happens(20)) return name;
    const key = `#n${this.#names.size}`;
    this.#names.set(name, key);
    return key;
  }

  #pathFrom(top: string): string {
    const type = attributes[top];
    if ((type === "M" || type === "L") && this.#chance.happens(60)) return this.#part(top, type);
    return this.name(top);
  }

  #part(top: string, type: string): string {
    const chance = this.#chance;
    return type === "M"
      ? `${this.name(top)}.${this.name(chance.pick(attributeNames))}`
      : `${this.name(top)}[${chance.below(4)}]`;
  }

  #operand(type: string): string {
    const chance = this.#chance;
    if (chance.happens(12))
      return this.#pathFrom(chance.pick(attributeNames.filter((name) => attributes[name] === type)));
    return this.value(valueOfType(chance, type));
  }

  #comparison(): string {
    const chance = this.#chance;
    const top = chance.pick(attributeNames);
    const path = this.#pathFrom(top);
    const type = attributes[top]!;
    const scalar = ["S", "N", "B"].includes(type);
    switch (chance.below(8)) {
      case 0:
        return `attribute_exists(${path})`;
      case 1:
        return `attribute_not_exists(${path})`;
      case 2:
        return `attribute_type(${path}, ${this.value({ S: chance.pick(["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL"]) })})`;
      case 3:
        return `size(${path}) ${chance.pick(["=", "<", ">", "<>"])} ${this.value({ N: chance.pick(["0", "1", "2", "3"]) })}`;
      case 4:
        return `contains(${path}, ${this.value(valueOfType(chance, type.replace(/^([SNB])S$/, "$1")))})`;
      case 5:
        if (type === "S" || type === "B") return `begins_with(${path}, ${this.value(valueOfType(chance, type))})`;
        return `${path} IN (${chance.many(1 + chance.below(3), () => this.value(valueOfType(chance, type))).join(", ")})`;
      case 6:
        if (scalar) {
          const bound = this.value(valueOfType(chance, type));
          return `${path} BETWEEN ${bound} AND ${bound}`;
        }
        return `${path} <> ${this.value(anyValue(chance))}`;
      default: {
        const operator = chance.pick(scalar ? ["=", "<>", "<", "<=", ">", ">="] : ["=", "<>"]);
        return `${path} ${operator} ${this.value(valueOfType(chance, type))}`;
      }
    }
  }

  #setValue(type: string): string {
    const chance = this.#chance;
    if (type === "N" && chance.happens(50)) {
      const left = chance.pick(["num", "n1", `if_not_exists(num, ${this.value({ N: "0" })})`]);
      return `${left} ${chance.pick(["+", "-"])} ${this.value({ N: chance.pick(["1", "0.1", "-3", "1E3"]) })}`;
    }
    if (type === "L" && chance.happens(40)) {
      return `list_append(if_not_exists(lst, ${this.value({ L: [] })}), ${this.value(valueOfType(chance, "L", 2))})`;
    }
    if (chance.happens(15)) return `if_not_exists(${chance.pick(["txt", "absent", "flag"])}, ${this.#operand(type)})`;
    return this.#operand(type);
  }
}

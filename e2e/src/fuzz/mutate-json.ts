import type { Dice } from "./dice.js";
import { hostileJson, hostileName, hostileText } from "./hostile.js";
import { mutateText } from "./mutate-bytes.js";

/** JSON in which a name can stand twice and a value can be any text. */
type Tree = string | readonly Tree[] | Members;

class Members {
  readonly entries: [name: string, value: Tree][];

  constructor(entries: [name: string, value: Tree][]) {
    this.entries = entries;
  }
}

function treeOf(json: unknown): Tree {
  if (Array.isArray(json)) return json.map(treeOf);
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  return new Members(Object.entries(json).map(([name, value]) => [name, treeOf(value)]));
}

/** A value may come to stand in two places, even inside itself: each is a copy. */
function copy(tree: Tree): Tree {
  if (typeof tree === "string") return tree;
  return tree instanceof Members
    ? new Members(tree.entries.map(([name, value]) => [name, copy(value)]))
    : tree.map(copy);
}

function print(tree: Tree): string {
  if (typeof tree === "string") return tree;
  if (tree instanceof Members) {
    return `{${tree.entries.map(([name, value]) => `${JSON.stringify(name)}:${print(value)}`).join()}}`;
  }
  return `[${tree.map(print).join()}]`;
}

/** A place in a tree. */
interface Place {
  readonly value: Tree;
  /** Makes the place hold these; none: it is gone. */
  replace(values: readonly Tree[]): void;
  rename(name: string): void;
}

function placesIn(tree: Tree, places: Place[] = []): Place[] {
  if (typeof tree === "string") return places;
  const list = (tree instanceof Members ? tree.entries : tree) as unknown[];
  list.forEach((entry, index) => {
    const value = (tree instanceof Members ? (entry as [string, Tree])[1] : entry) as Tree;
    places.push({
      value,
      replace(values) {
        const entries = tree instanceof Members ? values.map((one) => [(entry as [string, Tree])[0], one]) : values;
        list.splice(index, 1, ...entries);
      },
      rename(name) {
        if (tree instanceof Members) (entry as [string, Tree])[0] = name;
      },
    });
    placesIn(value, places);
  });
  return places;
}

/** @param literal a string's JSON */
function otherText(literal: string, words: readonly string[], dice: Dice): string {
  switch (dice.below(4)) {
    case 0:
      return dice.pick(words);
    case 1:
      return hostileText(dice);
    case 2:
      return `${JSON.parse(literal)} ${dice.pick(words)}`;
    default:
      return mutateText(Buffer.from(JSON.parse(literal) as string), dice).toString("utf8");
  }
}

/**
 * Changes one to three values of a JSON text: other types, sizes and depths, lost and doubled members, strange names,
 * and values from elsewhere in the same text.
 * @param words texts that mean something where the result goes
 */
export function mutateJson(text: string, words: readonly string[], dice: Dice): string {
  const root: Tree[] = [];
  try {
    root.push(treeOf(JSON.parse(text)));
  } catch {
    // Broken by an earlier mutation.
    return mutateText(Buffer.from(text), dice).toString("utf8");
  }
  for (let flaws = 1 + dice.below(3); flaws > 0; flaws--) {
    const places = placesIn(root);
    if (places.length === 0) break;
    const place = dice.pick(places);
    // A value of the right type goes further than any other.
    if (typeof place.value === "string" && place.value.startsWith('"') && !dice.once(3)) {
      place.replace([JSON.stringify(otherText(place.value, words, dice))]);
      continue;
    }
    switch (dice.below(7)) {
      case 0:
        place.replace([]);
        break;
      case 1:
        place.replace([place.value, dice.once(2) ? copy(place.value) : hostileJson(dice)]);
        break;
      case 2:
        place.rename(dice.once(2) ? hostileName(dice) : dice.pick(words));
        break;
      case 3:
        place.replace([copy(dice.pick(places).value)]);
        break;
      case 4:
        place.replace([[place.value]]);
        break;
      default:
        place.replace([hostileJson(dice)]);
    }
  }
  return print(root).slice(1, -1);
}

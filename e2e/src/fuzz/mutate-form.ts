import type { Dice } from "./dice.js";
import { hostileName, hostileText } from "./hostile.js";
import { mutateText } from "./mutate-bytes.js";
import { mutateJson } from "./mutate-json.js";

type Parameter = [name: string, value: string];

const write = (parameters: readonly Parameter[]): string =>
  parameters.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join("&");

/** `encodeURIComponent` refuses lone surrogates; they do not survive UTF-8 anyway. */
export const percentEncode = (text: string): string => encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));

const indexes = ["0", "-1", "2", "999999999", "4294967296", "1e3", "x", "", "01", "1.1", "__proto__"];

/** Another index, another part, more parts. */
function mutateName(name: string, dice: Dice): string {
  const parts = name.split(".");
  switch (dice.below(6)) {
    case 0:
      parts[dice.below(parts.length)] = dice.pick(indexes);
      break;
    case 1:
      parts[dice.below(parts.length)] = hostileName(dice);
      break;
    case 2:
      parts.splice(dice.below(parts.length + 1), dice.below(2), dice.pick(["member", "entry", "key", "value", "item"]));
      break;
    case 3:
      parts.pop();
      break;
    case 4:
      return `${name}${".a".repeat(dice.pick([1, 30, 31, 32, 33, 2_000]))}`;
    default:
      return hostileText(dice).slice(0, 2_000);
  }
  return parts.join(".");
}

function mutateValue(value: string, words: readonly string[], dice: Dice): string {
  // A policy document, most of all, is worth more than being replaced.
  if (value.startsWith("{") && !dice.once(4)) return mutateJson(value, words, dice);
  switch (dice.below(4)) {
    case 0:
      return dice.pick(words);
    case 1:
      return mutateText(Buffer.from(value), dice).toString("utf8");
    default:
      return hostileText(dice);
  }
}

/**
 * Changes one to three parameters of a form: lost and doubled ones, other names, indexes and values, thousands of them.
 * @param words texts that mean something where the result goes
 */
export function mutateForm(body: string, words: readonly string[], dice: Dice): string {
  const parameters: Parameter[] = [...new URLSearchParams(body)];
  for (let flaws = 1 + dice.below(3); flaws > 0 && parameters.length > 0; flaws--) {
    // Action and Version stay in most cases, or the operations would not be reached.
    const fixed = parameters.length > 2 && !dice.once(12) ? 2 : 0;
    const at = fixed + dice.below(parameters.length - fixed);
    const [name, value] = parameters[at]!;
    switch (dice.below(8)) {
      case 0:
        parameters.splice(at, 1);
        break;
      case 1:
        parameters.splice(at, 0, [name, mutateValue(value, words, dice)]);
        break;
      case 2:
        parameters[at] = [mutateName(name, dice), value];
        break;
      case 3:
        parameters.push([mutateName(name, dice), mutateValue(value, words, dice)]);
        break;
      case 4: {
        const count = dice.pick([2, 21, 51, 101, 1_000]);
        const numbered = name.replace(/\d+$/, "");
        const short = value.slice(0, 200);
        for (let i = 2; i < 2 + count; i++) parameters.push([`${numbered}${numbered === name ? "." : ""}${i}`, short]);
        break;
      }
      default:
        parameters[at] = [name, mutateValue(value, words, dice)];
    }
  }
  const text = write(parameters);
  // Escapes of bytes that are no UTF-8.
  return dice.once(30) ? `${text}${dice.pick(["%ff", "%c0%af", "%ed%a0%80", "%", "%u0041"])}` : text;
}

/** A form with more parameters than anybody needs. */
export function enormousForm(body: string, dice: Dice): string {
  const count = dice.pick([9_990, 10_001, 60_000]);
  return `${body}&${Array.from({ length: count }, (_, i) => `Tags.member.${i}.Key=a`).join("&")}`;
}

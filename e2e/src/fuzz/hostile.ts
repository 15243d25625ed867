import type { Dice } from "./dice.js";

const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "",
  " ",
  "\u0000",
  "\ud800",
  "a.b",
  "S",
  "M",
  "*",
];

const texts = [
  ...names,
  "null",
  "true",
  "-1",
  "0",
  "1e400",
  "NaN",
  "Infinity",
  "0x10",
  "1e126",
  "1e-131",
  "9".repeat(39),
  `1${"0".repeat(400)}`,
  "é\u0301\u202e\u{1f600}",
  "\ufffe\uffff",
  "</Message><Code>x</Code>",
  "]]>&amp;&lt;%00%zz",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are for whoever reads it
  "${jndi:x}${aws:username}${",
  "../../etc/passwd",
  "arn:aws:iam::123456789012:role/",
  "arn::::::",
  "arn:aws:iam::123456789012:policy/x",
  "*:*",
  "2012-10-17",
  "99999-99-99T99:99:99Z",
  "::/0",
  "300.1.1.1/40",
  "0.0.0.0/0",
  "====",
  "AAAA",
];

const expressions: readonly ((depth: number) => string)[] = [
  (depth) => `${"(".repeat(depth)}a = :v${")".repeat(depth)}`,
  (depth) => `${"NOT ".repeat(depth)}a = :v`,
  (depth) => `a = :v${" AND a = :v".repeat(depth)}`,
  (depth) => `a = :v${" OR NOT (a = :v".repeat(depth)}`,
  (depth) => `${"a.".repeat(depth)}b`,
  (depth) => `a${"[0]".repeat(depth)} = :v`,
  (depth) => `SET a = ${"if_not_exists(a, ".repeat(depth)}:v${")".repeat(depth)}`,
  (depth) => `SET a = :v${" + :v".repeat(depth)}`,
  (depth) => `SET ${"a = :v, ".repeat(depth)}`,
  (depth) => `REMOVE a[${"9".repeat(depth)}]`,
  (depth) => `a IN (${":v, ".repeat(depth)}:v)`,
  (depth) => `${"size(".repeat(depth)}a${")".repeat(depth)} > :v`,
  (depth) => `#${"n".repeat(depth)} BETWEEN :v AND :v AND`,
];

const depths = [1, 2, 31, 32, 33, 100, 299, 301, 513, 3_000, 20_000];

/** A name or value that has hurt a program somewhere. */
export function hostileText(dice: Dice): string {
  switch (dice.below(6)) {
    case 0:
      return dice.pick(expressions)(dice.pick(depths));
    case 1:
      return "x".repeat(dice.pick([1, 63, 64, 65, 128, 129, 255, 256, 1_025, 2_049, 10_241, 70_000]));
    default:
      return dice.pick(texts);
  }
}

/** A member's name. */
export const hostileName = (dice: Dice): string => dice.pick(names);

/** Something deep: the text of a JSON value. */
export function deepJson(dice: Dice): string {
  const depth = dice.pick([2, 31, 32, 33, 34, 100, 250, 510, 513, 5_000]);
  switch (dice.below(5)) {
    case 0:
      return "[".repeat(depth) + "]".repeat(depth);
    case 1:
      return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    case 2:
      return `${'{"L":['.repeat(depth)}${"]}".repeat(depth)}`;
    case 3:
      return `${'{"M":{"a":'.repeat(depth)}{"S":"x"}${"}}".repeat(depth)}`;
    default:
      return "[".repeat(depth);
  }
}

const jsonValues = [
  "null",
  "true",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e400",
  "-1e-400",
  "2147483648",
  "9007199254740993",
  "9223372036854775808",
  `1${"0".repeat(400)}`,
  '""',
  '"\\ud800"',
  '"\\u0000"',
  "[]",
  "[null]",
  "[[]]",
  "{}",
  '{"":{}}',
  '{"__proto__":{"S":"x"}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"S":"x","N":"1"}',
  '{"S":null}',
  '{"N":1}',
  '{"N":"1e400"}',
  '{"B":"*"}',
  '{"BOOL":"true"}',
  '{"NULL":false}',
  '{"SS":[]}',
  '{"SS":["a","a"]}',
  '{"NS":["1","1.0"]}',
  '{"BS":["AA==","AA=="]}',
  '{"M":[]}',
  '{"L":{}}',
  "undefined",
  "NaN",
  "'x'",
  "01",
  "/**/1",
  '{"a":1,}',
];

/** The text of a JSON value of the wrong kind, size or depth; sometimes of none. */
export function hostileJson(dice: Dice): string {
  switch (dice.below(10)) {
    case 0:
      return deepJson(dice);
    case 1:
      return `[${`${dice.pick(jsonValues)},`.repeat(dice.pick([1, 25, 26, 100, 101, 3_000]))}0]`;
    case 2: {
      const count = dice.pick([2, 101, 2_000]);
      const value = dice.pick(jsonValues);
      return `{${Array.from({ length: count }, (_, i) => `"k${i}":${value}`).join()}}`;
    }
    case 3:
    case 4:
    case 5:
      return JSON.stringify(hostileText(dice));
    default:
      return dice.pick(jsonValues);
  }
}

import type { Dice } from "./dice.js";

/** Bytes that mean something in JSON, forms, XML and UTF-8. */
const telling = [...'{}[]":,\\&=%+.#<>-0eE \t\r\n'].map((character) => character.charCodeAt(0));
const broken = [
  [0x00],
  [0x1f],
  [0x7f],
  [0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xff, 0xfe],
].map((bytes) => Buffer.from(bytes));

/** Puts `bytes` in the place of `text[at, at + dropped)`. */
export function splice(text: Buffer, at: number, dropped: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([text.subarray(0, at), bytes, text.subarray(Math.min(text.length, at + dropped))]);
}

/** Damages a text without regard to what it means: flipped, lost, added, repeated and cut bytes. */
export function mutateText(text: Buffer, dice: Dice): Buffer {
  const at = dice.below(text.length + 1);
  switch (dice.below(8)) {
    case 0: {
      const flipped = Buffer.from(text);
      if (at < text.length) flipped[at]! ^= 1 << dice.below(8);
      return flipped;
    }
    case 1:
      return splice(text, at, 1 + dice.below(8), Buffer.alloc(0));
    case 2:
      return splice(text, at, dice.below(2), Buffer.of(dice.pick(telling)));
    case 3:
      return splice(text, at, 0, dice.pick(broken));
    case 4:
      return text.subarray(0, at);
    case 5:
      return splice(text, at, 0, text.subarray(dice.below(text.length + 1)));
    case 6:
      return splice(text, at, 0, Buffer.alloc(1 + dice.below(5_000), dice.pick(telling)));
    default:
      return splice(text, at, dice.below(4), dice.bytes(1 + dice.below(12)));
  }
}

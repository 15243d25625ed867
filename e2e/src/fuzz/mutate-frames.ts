import { CborReading, header, readAll, type Value, write } from "./cbor.js";
import type { Dice } from "./dice.js";
import { splice } from "./mutate-bytes.js";

/** Initial bytes that mean something. */
const telling = [
  0x00, 0x17, 0x18, 0x1b, 0x1c, 0x1f, 0x3b, 0x40, 0x58, 0x5b, 0x5f, 0x60, 0x7b, 0x7f, 0x80, 0x81, 0x9b, 0x9f, 0xa0,
  0xa1, 0xbb, 0xbf, 0xc0, 0xc2, 0xc3, 0xc4, 0xd9, 0xdb, 0xf4, 0xf6, 0xf7, 0xf8, 0xf9, 0xfb, 0xfc, 0xff,
];

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** Values that need not fit where they are put; each is well-formed. */
const wellFormed = [
  "00",
  "17",
  "1903e8",
  "1b7fffffffffffffff",
  "1bffffffffffffffff",
  "20",
  "3b7fffffffffffffff",
  "3bffffffffffffffff",
  "40",
  "4100",
  "43ffffff",
  "60",
  "6100",
  "62c3a9",
  "61ff",
  "80",
  "8100",
  "9fff",
  "a0",
  "a10000",
  "bfff",
  "bf00ff",
  "f4",
  "f5",
  "f6",
  "f7",
  "f818",
  "f97c00",
  "f97e00",
  "fb7ff0000000000000",
  "c240",
  "c249ffffffffffffffffff",
  "c482187d20",
  "c4821a7fffffff01",
  "c48220c249ffffffffffffffffff",
  "d90cf980",
  "d90cf981 6161",
  "d90cfa80",
  "d90cfb8140",
  "d90cfc00",
  "d90cff00",
  "5f4100ff",
  "7f6161ff",
  "dbffffffffffffffff00",
].map(hex);

/** Headers that promise more than there is, or than anybody wants. */
const promises = [
  "58ff",
  "59ffff",
  "5a7fffffff",
  "5affffffff",
  "5b00000000ffffffff",
  "5bffffffffffffffff",
  "5a01f00000",
  "7affffffff",
  "98ff",
  "9a7fffffff",
  "9b00000000ffffffff",
  "9bffffffffffffffff",
  "b8ff",
  "ba7fffffff",
  "bbffffffffffffffff",
  "5f",
  "7f",
  "9f",
  "bf",
].map(hex);

/** What is nested or repeated without end. */
const bombs = ["81", "a100", "9f", "bf00", "d8c4", "c4", "5f", "c281", "8181a100", "bf616181"].map(hex);
const bombCounts = [2, 63, 64, 65, 66, 100, 513, 2_000, 60_000, 1_000_000];

function bomb(dice: Dice, countMax: number): Buffer {
  const unit = dice.pick(bombs);
  const count = dice.pick(bombCounts.filter((one) => one <= countMax));
  const opened = Buffer.alloc(unit.length * count, unit);
  // Some are closed again.
  return dice.once(2) ? opened : Buffer.concat([opened, hex("00"), Buffer.alloc(dice.once(2) ? 0 : count, 0xff)]);
}

/** A map, array or string that goes on and on. */
function endless(dice: Dice): Buffer {
  const [open, unit] = dice.pick([
    ["bf", "0000"],
    ["bf", "f6f6"],
    ["9f", "00"],
    ["9f", "80"],
    ["5f", "4100"],
    ["7f", "6161"],
  ]);
  const count = dice.pick([10, 300, 5_000, 100_000]);
  const body = Buffer.alloc((unit.length / 2) * count, hex(unit));
  return Buffer.concat([hex(open), body, dice.once(2) ? hex("ff") : Buffer.alloc(0)]);
}

/** Damages a frame without regard to what it means. */
function mutateBytes(frame: Buffer, other: Buffer, dice: Dice): Buffer {
  // Service and method id stay in most cases, or little else would be reached.
  const from = dice.once(12) ? 0 : Math.min(6, frame.length);
  const at = from + dice.below(frame.length - from + 1);
  const nothing = Buffer.alloc(0);
  switch (dice.below(10)) {
    case 0: {
      const flipped = Buffer.from(frame);
      if (at < flipped.length) flipped[at]! ^= 1 << dice.below(8);
      return flipped;
    }
    case 1:
      return splice(frame, at, 1, Buffer.of(dice.pick(telling)));
    case 2:
      return splice(frame, at, 1 + dice.below(4), nothing);
    case 3:
      return splice(frame, at, 0, dice.bytes(1 + dice.below(6)));
    case 4:
      return splice(frame, at, 0, frame.subarray(at, at + dice.below(16)));
    case 5:
      return frame.subarray(0, at);
    case 6:
      return Buffer.concat([frame.subarray(0, at), other.subarray(Math.min(other.length, at))]);
    case 7:
      return Buffer.concat([frame.subarray(0, at), other.subarray(dice.below(other.length))]);
    case 8:
      return splice(frame, at, dice.below(3), dice.pick(promises));
    default:
      return splice(frame, at, 1, dice.pick(wellFormed));
  }
}

/** A value to change, and how to put the result into the frame's bytes. */
interface Place {
  readonly value: Value;
  replace(bytes: Buffer): Buffer;
}

/** The places in a run of values; in byte strings that hold CBOR (keys, items, expressions) as well. */
function placesIn(values: readonly Value[], whole: (bytes: Buffer) => Buffer, places: Place[]): Place[] {
  values.forEach((value, index) => {
    const around = (bytes: Buffer): Buffer =>
      whole(Buffer.concat([...values.slice(0, index).map(write), bytes, ...values.slice(index + 1).map(write)]));
    places.push({ value, replace: around });
    const { major, argument, content, children, open } = value;
    if (children.length > 0) {
      const count = major === 5 ? children.length >> 1 : major === 6 ? argument : children.length;
      const before = open ? Buffer.of((major << 5) | 31) : header(major, count);
      const after = open ? Buffer.of(0xff) : Buffer.alloc(0);
      placesIn(children, (bytes) => around(Buffer.concat([before, bytes, after])), places);
    }
    const inner = major === 2 && content.length > 0 ? readAll(content) : undefined;
    if (inner !== undefined) {
      placesIn(inner, (bytes) => around(Buffer.concat([header(2, bytes.length), bytes])), places);
    }
  });
  return places;
}

/** Exchanges one value of a frame, however deep, for another; the lengths around it stay true. */
function mutateValue(frame: Buffer, other: Buffer, dice: Dice): Buffer {
  const values = readAll(frame);
  if (values === undefined || values.length < 3) return mutateBytes(frame, other, dice);
  const places = placesIn(values.slice(2), (bytes) => bytes, []);
  const { value, replace } = dice.pick(places);
  const withHead = (bytes: Buffer): Buffer => Buffer.concat([...values.slice(0, 2).map(write), replace(bytes)]);
  const own = write(value);
  switch (dice.below(10)) {
    case 0:
      return withHead(dice.once(2) ? Buffer.alloc(0) : Buffer.concat([own, own]));
    case 1: {
      const foreign = readAll(other);
      if (foreign === undefined || foreign.length < 3) return withHead(dice.pick(wellFormed));
      return withHead(write(dice.pick(placesIn(foreign.slice(2), (bytes) => bytes, [])).value));
    }
    case 2:
    case 3:
      return withHead(write(dice.pick(places).value));
    case 4:
      return withHead(dice.once(30) ? bomb(dice, 2_000) : mutateBytes(own, own, dice));
    case 5:
    case 6:
    case 7:
      // A value of the right type goes further than any other.
      if (value.major < 2) return withHead(header(value.major, value.argument ^ (1n << BigInt(dice.below(34)))));
      if (value.major === 2 || value.major === 3) {
        return withHead(write({ ...value, content: mutateBytes(value.content, other, dice) }));
      }
      return withHead(dice.pick(wellFormed));
    default:
      return withHead(dice.pick(wellFormed));
  }
}

/** A frame with one to three flaws; `other` lends values and bytes, `methods` are ids to mistake each other for. */
export function mutateFrame(frame: Buffer, other: Buffer, methods: readonly Buffer[], dice: Dice): Buffer {
  const kind = dice.below(1_000);
  const cut = Math.min(frame.length, 6 + dice.below(Math.max(1, frame.length - 6)));
  if (kind < 1) return Buffer.concat([frame.subarray(0, cut), bomb(dice, 1_000_000)]);
  if (kind < 6) return Buffer.concat([frame.subarray(0, cut), bomb(dice, 2_000)]);
  if (kind < 9) return Buffer.concat([frame.subarray(0, cut), endless(dice)]);
  if (kind < 25) return Buffer.concat([Buffer.of(1), dice.pick(methods), frame.subarray(6)]);
  if (kind < 35) return dice.bytes(1 + dice.below(60));
  let mutated = frame;
  for (let flaws = 1 + (dice.once(3) ? dice.below(3) : 0); flaws > 0; flaws--) {
    mutated = dice.once(6) ? mutateBytes(mutated, other, dice) : mutateValue(mutated, other, dice);
  }
  return mutated;
}

/** A preamble whose parts are lost, doubled, moved or damaged. */
export function mutatePreamble(preamble: Buffer, dice: Dice): Buffer {
  const reading = new CborReading(preamble);
  const parts: Buffer[] = [];
  while (!reading.done) parts.push(write(reading.value()));
  const at = dice.below(parts.length);
  switch (dice.below(5)) {
    case 0:
      parts.splice(at, 1);
      break;
    case 1:
      parts.splice(at, 0, parts[dice.below(parts.length)]!);
      break;
    case 2:
      parts.push(...parts.splice(at, 1));
      break;
    case 3:
      parts[at] = dice.pick([...wellFormed, ...promises]);
      break;
    default:
      return mutateBytes(preamble, preamble, dice);
  }
  return Buffer.concat(parts);
}

import { encodePreamble, FrameScanner, type MethodName, methodIds, methodName } from "@hotkeep/dax-wire";
import { header } from "./cbor.js";
import { Dice } from "./dice.js";
import { mutateFrame, mutatePreamble } from "./mutate-frames.js";

/** What goes over one connection, and what has to come back. */
export interface FrameBatch {
  readonly pieces: readonly Buffer[];
  /** The mutated frames in it. */
  readonly frames: readonly Buffer[];
  /** Methods of the frames that must be answered, in order. */
  readonly owed: readonly MethodName[];
  /** Nothing else in it may be answered. */
  readonly exact: boolean;
}

/** What batches are made of. */
export interface FrameWorld {
  readonly seed: number;
  readonly frames: readonly Buffer[];
  readonly preambles: readonly Buffer[];
  /** An authorizeConnection frame that holds now. */
  readonly authorize: () => Buffer;
  /** One of somebody who may do nothing here. */
  readonly authorizeNobody: () => Buffer;
}

const framesPerBatchMax = 24;

/** Ids of all methods, known and not, as they stand in a frame. */
const methods: readonly Buffer[] = [...Object.values(methodIds), 0, 1, -1, 2 ** 32 - 1, 1489122156].map((id) =>
  id < 0 ? header(1, -1 - id) : header(0, id),
);

/** Puts mutated frames together so that each is read from its first byte on. */
export class FrameBatches {
  readonly #world: FrameWorld;
  readonly #byMethod: readonly (readonly Buffer[])[];

  constructor(world: FrameWorld) {
    this.#world = world;
    const groups = new Map<string, Buffer[]>();
    for (const frame of world.frames) {
      const method = frame.toString("hex", 1, 6);
      groups.set(method, [...(groups.get(method) ?? []), frame]);
    }
    this.#byMethod = [...groups.values()];
  }

  batch(index: number): FrameBatch {
    const dice = new Dice(this.#world.seed, index);
    const { authorize, authorizeNobody, preambles } = this.#world;
    const frames: Buffer[] = [];
    const sent: Buffer[] = [];
    const preamble = dice.once(4) ? dice.pick(preambles) : encodePreamble("Fuzz", null);
    const broken = dice.once(60);
    sent.push(broken ? mutatePreamble(preamble, dice) : preamble);
    // Without one, or as somebody without permission, every frame is refused as a whole.
    const caller = dice.below(50);
    if (caller > 1) sent.push(authorize());
    else if (caller === 1) sent.push(authorizeNobody());
    const owed: MethodName[] = [];
    let exact = !broken;
    while (frames.length < framesPerBatchMax) {
      const frame = dice.once(16) ? this.#pick(dice) : mutateFrame(this.#pick(dice), this.#pick(dice), methods, dice);
      frames.push(frame);
      sent.push(frame);
      const method = methodOf(frame);
      if (method === undefined) {
        // What came behind it would be read from somewhere in its middle, or never.
        exact = false;
        break;
      }
      // Never answered, and whoever was known is not known any more.
      if (method === "authorizeConnection") sent.push(authorize());
      else owed.push(method);
    }
    const bytes = Buffer.concat(sent);
    return { pieces: piecesOf(bytes, dice), frames, owed: broken ? [] : owed, exact };
  }

  /** Methods with few recorded frames are as interesting as others. */
  #pick(dice: Dice): Buffer {
    return dice.pick(dice.once(2) ? this.#world.frames : dice.pick(this.#byMethod));
  }
}

/** undefined: the bytes are not one whole frame. Only this is asked here, to know what may follow them. */
function methodOf(frame: Buffer): MethodName | undefined {
  const scanner = new FrameScanner();
  try {
    return scanner.scan(frame, 0, frame.length) === frame.length ? methodName(scanner.method) : undefined;
  } catch {
    return undefined;
  }
}

/** Mostly in one piece, as clients write; sometimes cut anywhere. */
function piecesOf(bytes: Buffer, dice: Dice): readonly Buffer[] {
  if (!dice.once(8)) return [bytes];
  const cut = dice.below(bytes.length + 1);
  return [bytes.subarray(0, cut), bytes.subarray(cut)];
}

import { type AbsentPart, loadCompiledPart } from "@hotkeep/core/compiled-part";

/** Opened by {@link NativeWrites.open}; only handed back to its other calls. */
export type WritesHandle = object & { readonly writes: unique symbol };

/** The calls of native/direct-writes.c, which tells what they do. Numbers below zero are errnos. */
export interface NativeWrites {
  readonly contract: number;
  open(done: (result: number) => void): WritesHandle | number;
  write(writes: WritesHandle, file: number, bytes: Buffer, at: number): number;
  close(writes: WritesHandle): void;
}

/** The contract that this side of the calls was written for. */
const contract = 1;
/** Writes one after the other that kept this thread waiting until the file system counts as one that knows no other way. */
const waitsMax = 8;

/** Closed ones that are kept: the system takes tens of milliseconds to take one back, and this thread would wait. */
const sparesMax = 2;
const spares: DirectWrites[] = [];

let loaded: NativeWrites | AbsentPart | undefined;

/** The compiled writes, or why there are none. Looked for once a process. */
export function loadNativeWrites(): NativeWrites | AbsentPart {
  loaded ??= loadCompiledPart({ from: import.meta.url, name: "direct-writes", contract, platforms: ["linux"] });
  return loaded;
}

/** Writes to a file opened with O_DIRECT that need no thread. One at a time. */
export class DirectWrites {
  readonly #native: NativeWrites;
  readonly #handle: WritesHandle | undefined;
  /** Hears what became of the write under way. */
  #done: ((result: number) => void) | undefined;
  #waits = 0;

  private constructor(native: NativeWrites) {
    this.#native = native;
    const opened = native.open((result) => this.#done?.(result));
    this.#handle = typeof opened === "number" ? undefined : opened;
  }

  /** Undefined where they are not to be had: on another system, not compiled, not allowed, or too many already. */
  static open(): DirectWrites | undefined {
    const spare = spares.pop();
    if (spare !== undefined) return spare;
    const native = loadNativeWrites();
    if ("reason" in native) return undefined;
    const writes = new DirectWrites(native);
    return writes.#handle === undefined ? undefined : writes;
  }

  /** False: whoever writes waits for the disk all the same, and a thread does better. */
  get isWorthwhile(): boolean {
    return this.#waits < waitsMax;
  }

  /**
   * Writes whole blocks of memory over blocks that the file has. False: not everything was written, and another way of
   * writing will say why. The bytes must stay as they are meanwhile.
   */
  write(file: number, bytes: Buffer, at: number): Promise<boolean> {
    return new Promise((resolve) => {
      const begun = this.#native.write(this.#handle!, file, bytes, at);
      if (begun === 0) {
        this.#waits = 0;
        this.#done = (written) => {
          this.#done = undefined;
          resolve(written === bytes.length);
        };
        return;
      }
      this.#waits++;
      resolve(begun === bytes.length);
    });
  }

  /** Waits for the write under way, of which nothing more is heard. Nothing may be written afterwards. */
  close(): void {
    this.#waits = 0;
    if (this.#done === undefined && spares.length < sparesMax) spares.push(this);
    else this.#native.close(this.#handle!);
  }
}

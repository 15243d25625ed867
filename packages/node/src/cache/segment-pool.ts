const segmentBytesMin = 64 * 1024;
/** Three of DynamoDB's largest items, or the largest page of a query and its key. */
const segmentBytesMax = 1280 * 1024;
/** So many segments make up the memory there may be, where neither bound applies. */
const segmentsWanted = 64;

/**
 * The memory of all caches that share a budget, in pieces of one size. What one of them empties the next one fills: a
 * piece that were left to the garbage collector would stay until that comes by, while another one is already taken.
 */
export class SegmentPool {
  readonly segmentBytes: number;
  readonly #spare: Buffer[] = [];
  #bytesHeld = 0;

  /** @param bytesMax of memory that there may be, about */
  constructor(bytesMax: number) {
    const wanted = Math.floor(bytesMax / segmentsWanted / segmentBytesMin) * segmentBytesMin;
    this.segmentBytes = Math.min(segmentBytesMax, Math.max(segmentBytesMin, wanted));
  }

  /** Bytes of all segments, those that nobody uses included. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** A segment, whatever is in it. @param beforeReuse called when it was in use before */
  take(beforeReuse: () => void): Buffer {
    const spare = this.#spare.pop();
    if (spare !== undefined) {
      beforeReuse();
      return spare;
    }
    this.#bytesHeld += this.segmentBytes;
    return Buffer.allocUnsafeSlow(this.segmentBytes);
  }

  /** Takes back a segment that nobody uses any more. */
  give(segment: Buffer): void {
    this.#spare.push(segment);
  }

  /** Lets go of segments that nobody uses, until no more than `bytesMax` are held. */
  trim(bytesMax: number): void {
    while (this.#bytesHeld > bytesMax && this.#spare.pop() !== undefined) this.#bytesHeld -= this.segmentBytes;
  }
}

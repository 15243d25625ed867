import { invalid } from "../errors.js";

/** A place in a shard from which records are read. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly shardId: string;
  /** The first record that may be read. */
  readonly from: number;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
}

/**
 * An iterator as clients carry it: the stream in clear, the rest in base64, in the form of the service's own. It says
 * everything itself, so that it can be used after a restart; whoever makes one up gains nothing, because reading is
 * decided about the stream that it names.
 */
export function printShardIterator({ streamArn, shardId, from, madeAt }: ShardIterator): string {
  return `${streamArn}|1|${Buffer.from(`${shardId}|${from}|${madeAt}`, "latin1").toString("base64")}`;
}

/** @throws AwsError `ValidationException` for what is no iterator (observed). */
export function readShardIterator(text: string): ShardIterator {
  const [streamArn, version, place, ...more] = text.split("|");
  const [shardId, from, madeAt, ...rest] = Buffer.from(place ?? "", "base64")
    .toString("latin1")
    .split("|");
  const numbers = [Number(from), Number(madeAt)] as const;
  if (version !== "1" || more.length > 0 || rest.length > 0 || !numbers.every(isCount)) {
    throw invalid("Invalid ShardIterator");
  }
  return { streamArn: streamArn!, shardId: shardId!, from: numbers[0], madeAt: numbers[1] };
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

import type { MethodName } from "@hotkeep/dax-wire";
import { CborReading, type Value } from "./cbor.js";

/** What a node has answered on one connection. */
export interface DaxAnswers {
  readonly successes: number;
  /** The last code of each error. */
  readonly errors: readonly number[];
  /** Values behind the answers that were awaited. */
  readonly more: number;
  /** The first thing that is not as clients need it. */
  readonly flaw: string | undefined;
}

/** How many values stand behind the mark of success; one where nothing is said. */
const successValues: Partial<Readonly<Record<MethodName, number>>> = { batchGetItem: 2, batchWriteItem: 3 };

/**
 * Reads answers as clients do: an empty list and the operation's values; or a list of error codes, a message, and null
 * or a list of request id, exception name, status and, for transactions, reasons.
 * @param methods of the requests to which answers are awaited, in order
 */
export function readAnswers(bytes: Buffer, methods: readonly MethodName[]): DaxAnswers {
  const reading = new CborReading(bytes);
  const errors: number[] = [];
  let successes = 0;
  let more = 0;
  const result = (flaw?: string): DaxAnswers => ({ successes, errors, more, flaw });
  try {
    for (const method of methods) {
      if (reading.done) return result(`${successes + errors.length} answers of ${methods.length}`);
      const codes = reading.value();
      if (codes.major !== 4) return result(`an answer to ${method} that starts with major type ${codes.major}`);
      if (codes.children.length === 0) {
        for (let left = successValues[method] ?? 1; left > 0; left--) reading.value();
        successes++;
      } else {
        const flaw = flawOfError(codes, reading.value(), reading.value());
        if (flaw !== undefined) return result(flaw);
        errors.push(Number(codes.children.at(-1)!.argument));
      }
    }
    for (; !reading.done; more++) reading.value();
  } catch (error) {
    return result((error as Error).message);
  }
  return result();
}

const isNull = ({ major, argument }: Value): boolean => major === 7 && argument === 22n;

function flawOfError(codes: Value, message: Value, details: Value): string | undefined {
  if (!codes.children.every(({ major }) => major === 0)) return "an error code that is no number";
  if (message.major !== 3 || message.content.length === 0) return "an error without message";
  if (isNull(details)) return undefined;
  const { major, children } = details;
  if (major !== 4 || (children.length !== 3 && children.length !== 4)) return "an error's details of another form";
  const [requestId, name, status] = children;
  if (requestId!.major !== 3 && !isNull(requestId!)) return "an error's request id that is no text";
  if (name!.major !== 3 && !isNull(name!)) return "an exception's name that is no text";
  if (status!.major !== 0 && !isNull(status!)) return "a status that is no number";
  return undefined;
}

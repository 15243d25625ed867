import { HotkeepError } from "@hotkeep/core";

/** As much of a terminal stream as styling needs. */
type Output = Pick<NodeJS.WriteStream, "isTTY">;

const colorful = (stream: Output): boolean => stream.isTTY === true && process.env.NO_COLOR === undefined;

/** Marks text for a terminal; plain text where there is none. */
export function styled(style: "bold" | "dim" | "green" | "red", text: string, stream: Output = process.stdout): string {
  const codes = { bold: 1, dim: 2, green: 32, red: 31 } as const;
  return colorful(stream) ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}

/** Prints an error for a person: what, and what to do; the stack only for what nobody foresaw. */
export function printError(error: unknown): void {
  if (error instanceof HotkeepError) {
    process.stderr.write(`${styled("red", "✗", process.stderr)} ${error.message}\n`);
    if (error.help !== undefined) process.stderr.write(`  ${error.help}\n`);
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${styled("red", "✗", process.stderr)} ${text}\n`);
}

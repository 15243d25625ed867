/** What pino writes: a line of JSON. */
interface Entry {
  readonly level: number;
  readonly time: string;
  readonly name?: string;
  readonly pid?: number;
  readonly msg?: string;
  readonly error?: { readonly message?: string; readonly stack?: string } | string;
  readonly [field: string]: unknown;
}

const levels: readonly (readonly [from: number, name: string, color: number])[] = [
  [50, "error", 31],
  [40, "warn ", 33],
  [30, "info ", 32],
  [0, "debug", 2],
];
const dim = 2;

/** `key=value`, with quotes where the value would not stand by itself. */
function fieldText([name, value]: readonly [string, unknown]): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `${name}=${/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)}`;
}

/**
 * A log line for people: time of day, level, who says it, what, then the details; an error's stack below. A line that is
 * no JSON stays as it is.
 *
 * @param colors whether to mark it for a terminal
 */
export function readableLine(line: string, colors: boolean): string {
  let entry: Entry;
  try {
    entry = JSON.parse(line) as Entry;
  } catch {
    return line;
  }
  const mark = (code: number, text: string): string => (colors ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { level, time, name = "", pid: _pid, msg = "", error, ...fields } = entry;
  const [, levelName, color] = levels.find(([from]) => level >= from)!;
  const problem = typeof error === "object" ? (error.stack ?? error.message) : error;
  const more = Object.entries(fields).map(fieldText);
  const parts = [
    mark(dim, time.slice(11, 23)),
    mark(color, levelName),
    mark(dim, name),
    msg,
    mark(dim, more.join(" ")),
  ];
  const below = problem === undefined ? "" : `\n${problem.replace(/^/gm, "    ")}`;
  return `${parts.filter((part) => part !== "" && part !== mark(dim, "")).join(" ")}${below}\n`;
}

import { isatty } from "node:tty";
import type { LogFields, Logger } from "@hotkeep/core";
import { pino } from "pino";
import { HeldLines, type LineTarget } from "./held-lines.js";
import { readableLine } from "./readable-log.js";

/** Readable lines on a terminal, JSON for everything else; HOTKEEP_LOG_FORMAT, `text` or `json`, decides otherwise. */
function destination(): LineTarget {
  const plain = pino.destination({ fd: 2, sync: true });
  const terminal = isatty(2);
  const format = process.env.HOTKEEP_LOG_FORMAT ?? (terminal ? "text" : "json");
  if (format !== "text") return plain;
  const colors = terminal && process.env.NO_COLOR === undefined;
  return { write: (line: string) => void plain.write(readableLine(line, colors)) };
}

/** Lines on standard error; `HOTKEEP_LOG` sets the level (default `warn`). Secrets never come this far. */
export function createLogger(
  name: string,
  level = process.env.HOTKEEP_LOG ?? "warn",
  target: LineTarget = destination(),
): Logger {
  const log = pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
    },
    target,
  );
  return {
    debug: (message: string, fields: LogFields = {}) => log.debug(fields, message),
    info: (message: string, fields: LogFields = {}) => log.info(fields, message),
    warn: (message: string, fields: LogFields = {}) => log.warn(fields, message),
    error: (message: string, fields: LogFields = {}) => log.error(fields, message),
  };
}

/** A logger whose lines are kept back at first; not where `HOTKEEP_LOG` asks for them. */
export function createHeldLogger(name: string): { readonly logger: Logger; readonly lines: HeldLines } {
  const target = destination();
  const lines = new HeldLines(target);
  if (process.env.HOTKEEP_LOG !== undefined) lines.release();
  return { logger: createLogger(name, undefined, lines), lines };
}

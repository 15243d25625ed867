import type { LogFields, Logger } from "@hotkeep/core";
import { pino } from "pino";

/** JSON lines on standard error; `HOTKEEP_LOG` sets the level (default `warn`). Secrets never come this far. */
export function createLogger(name: string, level = process.env.HOTKEEP_LOG ?? "warn"): Logger {
  const log = pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (message: string, fields: LogFields = {}) => log.debug(fields, message),
    info: (message: string, fields: LogFields = {}) => log.info(fields, message),
    warn: (message: string, fields: LogFields = {}) => log.warn(fields, message),
    error: (message: string, fields: LogFields = {}) => log.error(fields, message),
  };
}

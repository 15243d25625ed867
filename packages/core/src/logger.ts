/** Structured facts of a log line. Never a secret, a signature or a session token. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a room writes what an operator should be able to read later. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Writes nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

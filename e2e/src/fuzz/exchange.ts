import { connect } from "node:net";

/**
 * Sends bytes on a connection of its own, one piece after the other, then this side's FIN, and reads until the other
 * side closes; a reset counts as that.
 *
 * @param endpoint `http://` or `dax://`, host and port
 * @throws Error when it does not close within `closedMs`, or cannot be connected to
 */
export function exchange(endpoint: string, pieces: readonly Buffer[], closedMs: number): Promise<Buffer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    const parts: Buffer[] = [];
    let connected = false;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection was not closed within ${closedMs} ms`));
    }, closedMs);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(parts));
    };
    socket.on("data", (part) => parts.push(part));
    socket.on("error", (error) => {
      if (connected) return end();
      clearTimeout(timer);
      reject(error);
    });
    socket.on("close", end);
    socket.on("end", end);
    socket.on("connect", () => {
      connected = true;
      const next = ([piece, ...rest]: readonly Buffer[]): void => {
        if (piece === undefined) socket.end();
        else if (rest.length === 0) socket.end(piece);
        else socket.write(piece, () => next(rest));
      };
      next(pieces);
    });
  });
}

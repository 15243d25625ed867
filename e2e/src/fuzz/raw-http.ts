import { connect } from "node:net";

/** What came back on a connection of its own, until the other side closed it. */
export interface RawAnswer {
  readonly bytes: Buffer;
  /** Status codes of the answers in it, in order. */
  readonly statuses: readonly number[];
}

const statusesIn = (bytes: Buffer): number[] =>
  [...bytes.toString("latin1").matchAll(/(?:^|\n|[>}])HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/**
 * Sends bytes that need be no HTTP, in `pieces`, then this side's FIN, and reads until the other side closes.
 *
 * @throws Error when it does not close within `closedMs`
 */
export function sendRaw(endpoint: string, pieces: readonly Buffer[], closedMs: number): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const parts: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection was not closed within ${closedMs} ms`));
    }, closedMs);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const bytes = Buffer.concat(parts);
      resolve({ bytes, statuses: statusesIn(bytes) });
    };
    socket.on("data", (part) => parts.push(part));
    // A reset closes it as well as a FIN.
    socket.on("error", end);
    socket.on("close", end);
    socket.on("end", end);
    socket.on("connect", () => {
      const next = (index: number): void => {
        const piece = pieces[index];
        if (piece === undefined) socket.end();
        else socket.write(piece, () => next(index + 1));
      };
      next(0);
    });
  });
}

/** A request as it goes over the wire. */
export function wireBytes(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}): Buffer {
  const lines = Object.entries(request.headers).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value) => `${name}: ${value}\r\n`),
  );
  const head = `${request.method} ${request.url} HTTP/1.1\r\n${lines.join("")}content-length: ${request.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), request.body]);
}

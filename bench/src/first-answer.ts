import { connect } from "node:net";
import type { LoadTarget } from "./load.js";

const quietMs = 150;

/** The whole response to one request: everything that arrives until the line has been quiet for a moment. */
export function firstAnswer({ address, port, preamble, request }: Omit<LoadTarget, "responseBytes">): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, address, () => socket.write(Buffer.concat([preamble, request])));
    let quiet: NodeJS.Timeout | undefined;
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        socket.end();
        resolve(Buffer.concat(chunks));
      }, quietMs);
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`${address}:${port} closed the connection without an answer`)));
  });
}

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { FrameScanner, readPreamble } from "@hotkeep/dax-wire";

/** What a client sent on its connections. */
export interface RecordedSession {
  readonly preambles: readonly Buffer[];
  /** Requests, each a whole frame. */
  readonly frames: readonly Buffer[];
}

/**
 * Writes down what clients send to a node. The recorder listens at an address of its own in the node's /16 and on the
 * node's port, passes everything on, and tells clients who ask for the roster that the node lives here.
 *
 * @param nodeEndpoint `dax://127.x.y.z:port`
 * @param work uses clients of the endpoint that it is given, and closes them
 */
export async function recordSession(
  nodeEndpoint: string,
  work: (endpoint: string) => Promise<void>,
): Promise<RecordedSession> {
  const node = new URL(nodeEndpoint);
  const port = Number(node.port);
  const nodeAddress = Buffer.from(node.hostname.split(".").map(Number));
  const ownAddress = Buffer.from([nodeAddress[0]!, nodeAddress[1]!, 255, 252]);
  const ownHost = [...ownAddress].join(".");
  const sent: Buffer[][] = [];
  const server = createServer((client) => {
    const chunks: Buffer[] = [];
    sent.push(chunks);
    const upstream = connect({ host: node.hostname, port });
    client.on("data", (chunk) => {
      chunks.push(chunk);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => client.write(withAddress(chunk, nodeAddress, ownAddress)));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
    }
  });
  server.listen(port, ownHost);
  await once(server, "listening");
  try {
    await work(`dax://${ownHost}:${port}`);
  } finally {
    server.close();
  }
  const sessions = sent.map((chunks) => split(Buffer.concat(chunks)));
  return {
    preambles: sessions.map(({ preamble }) => preamble),
    frames: sessions.flatMap(({ frames }) => frames),
  };
}

/** The roster has addresses as four bytes behind the header of a byte string. */
function withAddress(chunk: Buffer, from: Buffer, to: Buffer): Buffer {
  const at = chunk.indexOf(Buffer.concat([Buffer.of(0x44), from]));
  if (at < 0) return chunk;
  const changed = Buffer.from(chunk);
  to.copy(changed, at + 1);
  return changed;
}

function split(bytes: Buffer): { readonly preamble: Buffer; readonly frames: Buffer[] } {
  const preamble = readPreamble(bytes, 0, bytes.length);
  if (preamble === undefined) return { preamble: bytes, frames: [] };
  const scanner = new FrameScanner();
  const frames: Buffer[] = [];
  let at = preamble.end;
  for (let end = scanner.scan(bytes, at, bytes.length); end >= 0; end = scanner.scan(bytes, at, bytes.length)) {
    frames.push(bytes.subarray(at, end));
    at = end;
    if (at === bytes.length) break;
  }
  return { preamble: bytes.subarray(0, preamble.end), frames };
}

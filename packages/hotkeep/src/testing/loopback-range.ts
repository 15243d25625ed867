import { createServer, type Server } from "node:net";

/** A /16 of the loopback range that nobody else on this machine uses while it is held. */
export interface LoopbackRange {
  readonly cidr: string;
  release(): void;
}

const firstOctet = 32;
const octets = 220;

function hold(octet: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    // The last address of the range is no subnet's; holding a port there is the mark of possession.
    server.once("error", () => resolve(undefined));
    server.listen(8111, `127.${octet}.255.254`, () => resolve(server.unref()));
  });
}

/** Takes a free /16, so that several Hotkeeps with nodes on port 8111 can run side by side. */
export async function takeLoopbackRange(): Promise<LoopbackRange> {
  const start = process.pid % octets;
  for (let i = 0; i < octets; i++) {
    const octet = firstOctet + ((start + i) % octets);
    const server = await hold(octet);
    if (server !== undefined) return { cidr: `127.${octet}.0.0/16`, release: () => void server.close() };
  }
  throw new Error("every /16 of the loopback range is taken by another test");
}

import { createServer, type Server } from "node:net";

/** A /16 of the loopback range that nobody else on this machine uses while it is held. */
export interface LoopbackRange {
  readonly cidr: string;
  release(): void;
}

const firstOctet = 32;
const octets = 220;

/** Where the first node of each zone listens: somebody is there when a killed gateway's nodes still serve. */
const firstNodes = ["0.4", "16.4", "32.4"];

function isFree(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(8111, address, () => server.close(() => resolve(true)));
  });
}

async function isDeserted(octet: number): Promise<boolean> {
  const found = await Promise.all(firstNodes.map((rest) => isFree(`127.${octet}.${rest}`)));
  return found.every((free) => free);
}

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
    if (server !== undefined && !(await isDeserted(octet))) server.close();
    else if (server !== undefined) return { cidr: `127.${octet}.0.0/16`, release: () => void server.close() };
  }
  throw new Error("every /16 of the loopback range is taken by another test");
}

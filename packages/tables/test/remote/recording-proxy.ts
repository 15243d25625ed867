import { createServer, type IncomingHttpHeaders, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the endpoint behind the gateway sees it. */
export interface SeenRequest {
  /** The operation's name. */
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to do with a request instead of forwarding it. */
export type Interference = (seen: SeenRequest, response: ServerResponse) => void;

/** Stands between the tables under test and the real endpoint, notes every request, and breaks things on demand. */
export class RecordingProxy {
  readonly seen: SeenRequest[] = [];
  interfere: Interference | undefined;
  readonly #target: number;
  #server: Server;
  readonly port: number;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.#serve(server);
  }

  /** `target` is the port of the endpoint on this machine. */
  static async start(target: number): Promise<RecordingProxy> {
    return new RecordingProxy(await listen(0), target);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Names of the operations seen since the last call. */
  take(): readonly string[] {
    return this.seen.splice(0).map(({ operation }) => operation);
  }

  /** Lets nobody in any more. */
  async down(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Listens again where it did. */
  async up(): Promise<void> {
    this.#server = await listen(this.port);
    this.#serve(this.#server);
  }

  #serve(server: Server): void {
    server.on("request", (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const body = Buffer.concat(chunks);
        const { headers } = incoming;
        const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
        const seen = { operation, headers, body: body.toString() };
        this.seen.push(seen);
        if (this.interfere !== undefined) {
          this.interfere(seen, response);
          return;
        }
        const forward = request(
          { port: this.#target, host: "127.0.0.1", method: "POST", path: incoming.url ?? "/", headers },
          (answer) => {
            response.writeHead(answer.statusCode ?? 0, answer.headers);
            answer.pipe(response);
          },
        );
        forward.on("error", () => response.destroy());
        forward.end(body);
      });
    });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

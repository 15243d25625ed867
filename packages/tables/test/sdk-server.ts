import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CommonAwsError, type PermissionRequest, SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { createRouter } from "@hotkeep/protocols";
import type { Tables } from "@hotkeep/tables";
import { account } from "./harness.js";

export const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** Serves tables over HTTP on a free port of the loopback interface, for unmodified clients. */
export class SdkServer {
  readonly #server: Server;
  /** Permissions asked for so far. */
  readonly asked: PermissionRequest[];
  /** ARNs that are denied. */
  readonly denied: Set<string>;

  private constructor(server: Server, asked: PermissionRequest[], denied: Set<string>) {
    this.#server = server;
    this.asked = asked;
    this.denied = denied;
  }

  static async start(tables: Tables): Promise<SdkServer> {
    const asked: PermissionRequest[] = [];
    const denied = new Set<string>();
    const router = createRouter({
      services: [tables.handlers, tables.streams],
      credentials: {
        find: (id) =>
          id === credentials.accessKeyId ? { ...credentials, principal: { kind: "root", account } } : undefined,
      },
      authorizer: {
        authorize(_call, requests) {
          asked.push(...requests);
          const refused = requests.find(({ resource }) => denied.has(resource));
          if (refused !== undefined) throw new CommonAwsError("AccessDenied", `not allowed: ${refused.action}`);
        },
      },
      clock: systemClock,
      random: new SeededRandom(1),
      logger: silentLogger,
    });
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const { status, headers, body } = await router.handle({
          method: request.method ?? "",
          url: request.url ?? "",
          rawHeaders: request.rawHeaders,
          body: Buffer.concat(chunks),
          remoteAddress: request.socket.remoteAddress ?? "",
          secure: false,
        });
        response.writeHead(status, headers).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new SdkServer(server, asked, denied);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

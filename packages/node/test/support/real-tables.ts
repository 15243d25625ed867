import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommonAwsError, silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { type Credential, createRouter, type Router } from "@hotkeep/protocols";
import { openTables, type Tables } from "@hotkeep/tables";

const region = "us-west-2";
const account = "123456789012";

const root: Credential = {
  accessKeyId: "AKIAROOT",
  secretAccessKey: "root-secret",
  principal: { kind: "root", account },
};

/** The service role's session that the stand-in gateway hands out. */
const role: Credential = {
  accessKeyId: "ASIASERVICEROLE00001",
  secretAccessKey: "role-secret",
  sessionToken: "role-token",
  principal: {
    kind: "role-session",
    account,
    arn: "arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01",
    roleArn: "arn:aws:iam::123456789012:role/DAXServiceRole",
    roleId: "AROASERVICE",
    roleName: "DAXServiceRole",
    sessionName: "dax-daxcluster01",
  },
};

/** The embedded tables behind their own DynamoDB API over HTTP, signatures verified. */
export class RealTables {
  /** Calls that came over HTTP, by operation name. */
  readonly calls: string[] = [];
  /** Actions that the service role is refused. */
  readonly refused = new Set<string>();
  readonly #path: string;
  readonly #tables: Tables;
  readonly #router: Router;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      this.calls.push(String(request.headers["x-amz-target"]).split(".")[1]!);
      const { status, headers, body } = await this.#router.handle({
        method: request.method!,
        url: request.url!,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks),
        remoteAddress: "127.0.0.1",
        secure: false,
      });
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
      response.end(body);
    });
  });
  url = "";

  private constructor(path: string, tables: Tables) {
    this.#path = path;
    this.#tables = tables;
    this.#router = createRouter({
      services: [tables.handlers, tables.streams],
      credentials: { find: (id) => [root, role].find((one) => one.accessKeyId === id) },
      authorizer: {
        authorize: (call, requests) => {
          if (call.principal.kind === "root") return;
          for (const { action, resource } of requests) {
            if (!this.refused.has(action)) continue;
            throw new CommonAwsError(
              "AccessDenied",
              `User: ${role.principal.kind === "role-session" ? role.principal.arn : ""} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
            );
          }
        },
      },
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
  }

  static async open(): Promise<RealTables> {
    const path = await mkdtemp(join(tmpdir(), "hotkeep-node-"));
    const tables = await openTables({ path, clock: systemClock, random: systemRandom, logger: silentLogger });
    const made = new RealTables(path, tables);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    made.url = `http://127.0.0.1:${(made.#server.address() as AddressInfo).port}`;
    return made;
  }

  /** A call made as the account's root, past the node. */
  directly(operation: string, input: unknown): Promise<unknown> {
    return this.#router.invoke({ service: "dynamodb", operation, input, region, credentials: root });
  }

  /** Makes a table; attributes as `name:type`. */
  async createTable(name: string, hash: string, range?: string): Promise<void> {
    const keys = [hash, ...(range === undefined ? [] : [range])].map((key) => key.split(":"));
    await this.directly("CreateTable", {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: keys.map(([AttributeName], i) => ({ AttributeName, KeyType: i === 0 ? "HASH" : "RANGE" })),
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#tables.close();
    await rm(this.#path, { recursive: true, force: true });
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;
type Key = Record<string, Record<string, string>>;

/** What a stand-in answers instead of a result: an error document with its status. */
export class Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;

  constructor(status: number, code: string, message: string) {
    this.status = status;
    this.code = code;
    this.message = message;
  }
}

/**
 * A table endpoint of a few lines, for tests that need to hold answers back, refuse or break off. Tables have a string
 * hash key `pk`; there are no expressions.
 */
export class BareTables {
  readonly calls: { readonly operation: string; readonly input: Json; readonly credential: string }[] = [];
  readonly items = new Map<string, Json>();
  /** Called before each answer; a Refusal is sent instead, "hang up" breaks the connection, other results replace. */
  before: (operation: string, input: Json) => unknown = () => undefined;
  readonly #server = createServer((request, response) => this.#take(request, response));
  url = "";

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1]!;
      const input = JSON.parse(Buffer.concat(chunks).toString()) as Json;
      const credential = /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      this.calls.push({ operation, input, credential });
      void this.#answer(operation, input, response);
    });
  }

  async #answer(operation: string, input: Json, response: ServerResponse): Promise<void> {
    const instead = await this.before(operation, input);
    if (instead === "hang up") {
      response.socket?.destroy();
      return;
    }
    const result = instead ?? this.#run(operation, input);
    if (result instanceof Refusal) {
      response.statusCode = result.status;
      response.end(JSON.stringify({ __type: `com.amazon.coral.service#${result.code}`, message: result.message }));
    } else response.end(JSON.stringify(result));
  }

  #run(operation: string, input: Json): unknown {
    const at = (key: Key) => `${input.TableName}/${key.pk!.S}`;
    switch (operation) {
      case "DescribeTable":
        return {
          Table: {
            TableName: input.TableName,
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          },
        };
      case "GetItem": {
        const item = this.items.get(at(input.Key as Key));
        return item === undefined ? {} : { Item: item };
      }
      case "PutItem":
        this.items.set(at(input.Item as Key), input.Item as Json);
        return {};
      case "DeleteItem":
        this.items.delete(at(input.Key as Key));
        return {};
      default:
        return new Refusal(400, "UnknownOperationException", `no ${operation} here`);
    }
  }
}

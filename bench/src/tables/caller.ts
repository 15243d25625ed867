import { Agent, request } from "node:http";
import type { SigningCredentials } from "@hotkeep/protocols";
import { type SignedRequest, signRequests } from "./signed-requests.js";

/** Calls a DynamoDB API over some kept connections, with as little work of its own as Node.js allows. */
export class Caller {
  readonly #agent: Agent;
  readonly #target: { readonly endpoint: URL; readonly region: string; readonly credentials: SigningCredentials };

  constructor(
    target: { readonly endpoint: URL; readonly region: string; readonly credentials: SigningCredentials },
    connections: number,
  ) {
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** The answer's body. @throws Error for any status but 200. */
  async call(operation: string, input: object): Promise<Buffer> {
    const [signed] = signRequests({ ...this.#target, operation, bodies: [input] });
    return await this.#send(signed!);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ headers, body }: SignedRequest): Promise<Buffer> {
    const { hostname: host, port } = this.#target.endpoint;
    return new Promise((resolve, reject) => {
      const sent = request({ agent: this.#agent, host, port, method: "POST", headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const answer = Buffer.concat(chunks);
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`answered with ${response.statusCode} ${answer.toString("utf8", 0, 500)}`));
        });
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }
}

/** Runs `work` for 0 … `count` - 1, some at a time, and tells about once a second how far it is. */
export async function inParallel(
  count: number,
  atATime: number,
  work: (index: number) => Promise<unknown>,
  tell: (done: number) => void,
): Promise<void> {
  let next = 0;
  let told = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) {
      await work(next++);
      if (performance.now() - told > 1000) {
        told = performance.now();
        tell(next);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  tell(count);
}

/** Shows progress on standard error, one line that overwrites itself where that is a terminal. */
export function progress(what: string, of: number): (done: number) => void {
  const { stderr } = process;
  return (done) => {
    if (stderr.isTTY) stderr.write(`\r${what} ${done} of ${of}${done === of ? "\n" : ""}`);
    else if (done === of) stderr.write(`${what} ${of}\n`);
  };
}

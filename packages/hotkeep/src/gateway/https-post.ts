import { Agent, request } from "node:https";

/** What came back. */
export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

/** POSTs over HTTPS to servers that one authority certifies. `fetch` takes no authority. */
export class HttpsPoster {
  readonly #agent: Agent;

  /** @param authority PEM: the only one that is believed */
  constructor(authority: string) {
    this.#agent = new Agent({ ca: authority, keepAlive: true });
  }

  /** @throws Error when nothing comes back in time */
  post(url: URL, headers: Readonly<Record<string, string>>, body: string, answerMs: number): Promise<PostAnswer> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(answerMs);
      const sent = request(url, { method: "POST", headers, agent: this.#agent, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

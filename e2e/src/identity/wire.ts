import { connect } from "node:net";

/** A request as it goes over the wire: header lines in order, names repeated at will. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  /** The error's code, without its namespace; undefined for a good answer. */
  readonly code: string | undefined;
  readonly message: string;
  readonly text: string;
}

const answerMs = 60_000;
const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#xD;": "\r",
};

const unescapeXml = (text: string): string => text.replace(/&(?:lt|gt|amp|quot|#xD);/g, (entity) => entities[entity]!);

function readAnswer(bytes: Buffer): WireAnswer {
  const whole = bytes.toString("utf8");
  const split = whole.indexOf("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(whole)?.[1] ?? 0);
  const text = split < 0 ? "" : whole.slice(split + 4);
  if (text.startsWith("{")) {
    const body = JSON.parse(text) as { readonly __type?: string; readonly message?: string; readonly Message?: string };
    return { status, code: body.__type?.replace(/^.*#/, ""), message: body.message ?? body.Message ?? "", text };
  }
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  return { status, code, message: unescapeXml(/<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? ""), text };
}

function bytesOf({ method, url, headers, body }: WireRequest, connection: string): Buffer {
  const bytes = Buffer.from(body, "utf8");
  const lines = [...headers, ["content-length", String(bytes.length)], ["connection", connection]];
  const head = `${method} ${url} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "utf8"), bytes]);
}

/** Sends a request on a connection of its own. @throws Error when no answer comes */
export function send(endpoint: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const parts: Buffer[] = [];
    socket.setTimeout(answerMs, () => socket.destroy(new Error(`no answer within ${answerMs} ms`)));
    socket.on("data", (part) => parts.push(part));
    socket.on("error", reject);
    socket.on("end", () => resolve(readAnswer(Buffer.concat(parts))));
    // No FIN: an answer that is not at hand would not be sent any more.
    socket.write(bytesOf(request, "close"));
  });
}

/** The first whole answer among some bytes, and its length. */
function firstAnswer(bytes: Buffer): { readonly answer: WireAnswer; readonly length: number } | undefined {
  const headBytes = bytes.indexOf("\r\n\r\n") + 4;
  if (headBytes < 4) return undefined;
  const bodyBytes = Number(/^content-length: (\d+)/im.exec(bytes.toString("latin1", 0, headBytes))?.[1] ?? 0);
  const length = headBytes + bodyBytes;
  return bytes.length < length ? undefined : { answer: readAnswer(bytes.subarray(0, length)), length };
}

/** Sends requests one after the other on one connection. @throws Error when it ends before all are answered */
export function sendInTurn(endpoint: string, requests: readonly WireRequest[]): Promise<WireAnswer[]> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const answers: WireAnswer[] = [];
    let bytes: Buffer = Buffer.alloc(0);
    const next = () => socket.write(bytesOf(requests[answers.length]!, "keep-alive"));
    socket.setTimeout(answerMs, () => socket.destroy(new Error(`no answer within ${answerMs} ms`)));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the connection ended after ${answers.length} answers`)));
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      const first = firstAnswer(bytes);
      if (first === undefined) return;
      bytes = bytes.subarray(first.length);
      answers.push(first.answer);
      if (answers.length < requests.length) next();
      else {
        resolve(answers);
        socket.destroy();
      }
    });
    next();
  });
}

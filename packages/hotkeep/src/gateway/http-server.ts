import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { ServerCredentials } from "@hotkeep/certificates";
import type { Logger } from "@hotkeep/core";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";
import { createHttpsServer, tlsSettings } from "./https.js";

/** Bounds of the HTTP server. */
export interface HttpLimits {
  /** DynamoDB's own bound on a request, with room for its envelope. */
  readonly bodyBytesMax: number;
  readonly headerBytesMax: number;
  /** Longer than the idle time of SDK connection pools, so that it is the client who closes. */
  readonly keepAliveMs: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly connectionsMax: number;
}

export const httpLimits: HttpLimits = {
  bodyBytesMax: 17 * 1024 * 1024,
  headerBytesMax: 64 * 1024,
  keepAliveMs: 65_000,
  headersMs: 66_000,
  requestMs: 120_000,
  connectionsMax: 10_000,
};

/** A listening HTTP server. */
export interface HttpListener {
  readonly port: number;
  readonly url: string;
  /** Open now. */
  connections(): number;
  /** Shows these in every TLS handshake from now on; only where it was started with some. */
  show(credentials: ServerCredentials): void;
  /** Takes no new work, finishes what runs, and closes after `withinMs` at the latest. */
  close(withinMs: number): Promise<void>;
}

/** Answers one request; must not reject. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;

/** `done` gets undefined for a body that is too long. */
function readBody(message: IncomingMessage, bodyBytesMax: number, done: (body: Buffer | undefined) => void): void {
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let bytes = 0;
  let tooLarge = false;
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    // What is too large is read to its end and dropped: a client that still writes would not see the answer.
    if (bytes > bodyBytesMax) {
      tooLarge = true;
      first = undefined;
      rest = undefined;
    } else if (first === undefined) first = chunk;
    else if (rest === undefined) rest = [first, chunk];
    else rest.push(chunk);
  });
  message.on("end", () => {
    if (tooLarge) done(undefined);
    else done(rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest));
  });
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Starts listening. @throws the system's error when the address cannot be bound. */
export async function listenHttp(options: {
  readonly host: string;
  readonly port: number;
  readonly handle: HttpHandler;
  readonly logger: Logger;
  /** Speaks HTTPS and shows these; without, plain HTTP. */
  readonly credentials?: ServerCredentials;
  readonly limits?: HttpLimits;
}): Promise<HttpListener> {
  const { handle, logger, credentials } = options;
  const limits = options.limits ?? httpLimits;
  let closing = false;
  const answer = async (
    message: IncomingMessage,
    response: ServerResponse,
    body: Buffer | undefined,
  ): Promise<void> => {
    const socket = message.socket as Socket & { readonly encrypted?: boolean };
    const reply = await handle({
      method: message.method ?? "GET",
      url: message.url ?? "/",
      rawHeaders: message.rawHeaders,
      body: body ?? Buffer.alloc(0),
      bodyTooLong: body === undefined,
      remoteAddress: socket.remoteAddress ?? "",
      secure: socket.encrypted === true,
    });
    // Its connection would stay open until it is forced to close.
    if (closing) response.shouldKeepAlive = false;
    send(response, reply);
  };
  const listener: RequestListener = (message, response) => {
    readBody(message, limits.bodyBytesMax, (body) => {
      answer(message, response, body).catch((error: unknown) => {
        logger.error("a request could not be answered", { error });
        if (!response.headersSent) send(response, { status: 500, headers: {}, body: "" });
      });
    });
  };
  const settings = {
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    maxHeaderSize: limits.headerBytesMax,
    noDelay: true,
  };
  const https: HttpsServer | undefined = credentials && createHttpsServer(settings, credentials, listener);
  const server = https ?? createServer(settings, listener);
  server.maxConnections = limits.connectionsMax;
  let connections = 0;
  server.on("connection", (socket) => {
    connections++;
    socket.once("close", () => connections--);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    port,
    url: `${https === undefined ? "http" : "https"}://${host}:${port}`,
    show: (next) => https?.setSecureContext(tlsSettings(next)),
    connections: () => connections,
    close: (withinMs) =>
      new Promise((resolve) => {
        closing = true;
        const force = setTimeout(() => server.closeAllConnections(), withinMs);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

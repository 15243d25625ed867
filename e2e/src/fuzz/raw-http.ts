/** Status codes of the answers in what came back on one connection, in order. */
export function statusesIn(bytes: Buffer): readonly number[] {
  return [...bytes.toString("latin1").matchAll(/(?:^|\n|[>}])HTTP\/1\.1 (\d{3}) /g)].map(([, status]) =>
    Number(status),
  );
}

/** A request as it goes over the wire. */
export function wireBytes(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}): Buffer {
  const lines = Object.entries(request.headers).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value) => `${name}: ${value}\r\n`),
  );
  const head = `${request.method} ${request.url} HTTP/1.1\r\n${lines.join("")}content-length: ${request.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), request.body]);
}

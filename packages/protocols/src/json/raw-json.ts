/** The body of an answer, encoded already. */
export class RawJson {
  readonly body: Buffer | string;

  constructor(body: Buffer | string) {
    this.body = body;
  }
}

/**
 * For handlers of the JSON services: answers with `body` as it is, without looking at it. It must be a complete JSON
 * object in UTF-8, in the shape of the operation's output. Not for local calls: `invoke` parses it.
 */
export function rawJson(body: Buffer | string): RawJson {
  return new RawJson(body);
}

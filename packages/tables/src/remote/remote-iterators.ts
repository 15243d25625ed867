import { createHmac, timingSafeEqual } from "node:crypto";
import type { SigningCredentials } from "@hotkeep/protocols";
import { invalid } from "../errors.js";

const sealDigits = 32;

/** A shard iterator of the endpoint, with the stream it was given for. */
export interface RemoteIterator {
  /** As callers know it. */
  readonly streamArn: string;
  /** As the endpoint made it. */
  readonly theirs: string;
}

/**
 * Shard iterators for callers: the endpoint's own, bound to the stream for which it was permitted, since what the
 * endpoint's text means only the endpoint knows. The seal's key comes from the keys for the endpoint, so that iterators
 * survive a restart.
 */
export class RemoteIterators {
  readonly #credentials: () => SigningCredentials;
  #key: Buffer | undefined;

  /** `credentials` is read when the first iterator comes by. */
  constructor(credentials: () => SigningCredentials) {
    this.#credentials = credentials;
  }

  seal(streamArn: string, theirs: string): string {
    const text = Buffer.from(theirs, "utf8").toString("base64");
    return `${streamArn}|1|${this.#seal(streamArn, text)}${text}`;
  }

  /** @throws AwsError `ValidationException` for what was not sealed here. */
  open(iterator: string): RemoteIterator {
    const [streamArn = "", version, sealed = "", ...more] = iterator.split("|");
    const seal = Buffer.from(sealed.slice(0, sealDigits), "utf8");
    const text = sealed.slice(sealDigits);
    const expected = Buffer.from(this.#seal(streamArn, text), "utf8");
    const isOurs = seal.length === expected.length && timingSafeEqual(seal, expected);
    if (version !== "1" || more.length > 0 || !isOurs) throw invalid("Invalid ShardIterator");
    return { streamArn, theirs: Buffer.from(text, "base64").toString("utf8") };
  }

  #seal(streamArn: string, text: string): string {
    this.#key ??= createHmac("sha256", this.#credentials().secretAccessKey).update("hotkeep shard iterators").digest();
    return createHmac("sha256", this.#key).update(`${streamArn}|${text}`).digest("hex").slice(0, sealDigits);
  }
}

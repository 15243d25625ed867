import { createHash, createHmac } from "node:crypto";
import { amzDate, sign, signingKey } from "@hotkeep/protocols";
import type { Endpoint, Keys } from "../clients.js";
import type { Dialect } from "./dialects.js";
import type { WireRequest } from "./wire.js";

/** Credentials of every fate, made before the forging starts. */
export interface Suspects {
  /** A long-term key that may do everything. */
  readonly root: Keys;
  /** Another user's long-term key. */
  readonly other: Keys;
  readonly session: Keys;
  /** A second session of the same role. */
  readonly otherSession: Keys;
  readonly inactive: Keys;
  readonly deleted: Keys;
  readonly ofDeletedUser: Keys;
  readonly sessionOfDeletedUser: Keys;
  readonly federatedByDeletedUser: Keys;
  readonly sessionOfDeletedRole: Keys;
  readonly sessionOfRecreatedRole: Keys;
  /** Of another account, served by another house. */
  readonly foreign: Keys;
}

/** What makes one valid request. */
export interface Wish {
  readonly keys?: Keys;
  /** Seconds that the signer's clock is ahead; negative: behind. */
  readonly aheadSeconds?: number;
  readonly region?: string;
  readonly service?: string;
  readonly method?: string;
  readonly url?: string;
  readonly body?: string;
  /** Further headers to sign. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What {@link Bench.signWith} makes of a wish when the rules of signing are broken on purpose. */
export interface LooseWish extends Wish {
  /** Headers to leave out of the signature. */
  readonly unsigned?: readonly string[];
  /** Written in place of the body's hash. */
  readonly payloadHash?: string;
  /** Written in place of today's date, in the scope. */
  readonly scopeDate?: string;
  readonly terminator?: string;
  readonly algorithm?: string;
  /** The value of `x-amz-date`. */
  readonly date?: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A place to make requests of one dialect, valid and otherwise. */
export class Bench {
  readonly dialect: Dialect;
  readonly at: Endpoint;
  readonly keys: Suspects;

  constructor(dialect: Dialect, at: Endpoint, keys: Suspects) {
    this.dialect = dialect;
    this.at = at;
    this.keys = keys;
  }

  get host(): string {
    return new URL(this.at.endpoint).host;
  }

  #headers(wish: Wish): Record<string, string> {
    const { contentType, target } = this.dialect;
    const named = target === undefined ? {} : { "x-amz-target": target };
    return { host: this.host, "content-type": contentType, ...named, ...wish.headers };
  }

  /** A request that is signed as it should be. */
  valid(wish: Wish = {}): WireRequest {
    const { method = "POST", url = "/", body = this.dialect.body, keys = this.keys.root } = wish;
    const headers = this.#headers(wish);
    const signature = sign({ method, url, headers, body }, keys, {
      region: wish.region ?? this.at.region,
      service: wish.service ?? this.dialect.service,
      now: Date.now() + (wish.aheadSeconds ?? 0) * 1000,
    });
    return { method, url, headers: [...Object.entries(headers), ...Object.entries(signature)], body };
  }

  /** A request whose signature is right for what it covers, but does not cover what it should. */
  signWith(wish: LooseWish): WireRequest {
    const { method = "POST", url = "/", body = this.dialect.body, keys = this.keys.root, unsigned = [] } = wish;
    const date = wish.date ?? amzDate(Date.now() + (wish.aheadSeconds ?? 0) * 1000);
    const token = keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken };
    const headers: Record<string, string> = { ...this.#headers(wish), "x-amz-date": date, ...token };
    const names = Object.keys(headers)
      .filter((name) => !unsigned.includes(name))
      .sort();
    const [path, search = ""] = url.split("?");
    const canonical = [
      method,
      path,
      search,
      ...names.map((name) => `${name}:${headers[name]}`),
      "",
      names.join(";"),
      wish.payloadHash ?? sha256(body),
    ].join("\n");
    const { credential, signature } = this.#sign(keys, wish, date, canonical);
    const algorithm = wish.algorithm ?? "AWS4-HMAC-SHA256";
    const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    return { method, url, headers: [...Object.entries(headers), ["authorization", authorization]], body };
  }

  /** A request signed in its URL; `unsignedParameters` are added to the URL behind the signature's back. */
  presigned(
    wish: LooseWish & { readonly expires?: string; readonly parameters?: Readonly<Record<string, string>> } = {},
  ): WireRequest {
    const { method = "POST", body = this.dialect.body, keys = this.keys.root } = wish;
    const headers = this.#headers(wish);
    const date = wish.date ?? amzDate(Date.now() + (wish.aheadSeconds ?? 0) * 1000);
    const names = Object.keys(headers)
      .filter((name) => !(wish.unsigned ?? []).includes(name))
      .sort();
    const parameters: Record<string, string> = {
      "X-Amz-Algorithm": wish.algorithm ?? "AWS4-HMAC-SHA256",
      "X-Amz-Credential": this.#credential(keys, wish, date),
      "X-Amz-Date": date,
      "X-Amz-Expires": wish.expires ?? "60",
      "X-Amz-SignedHeaders": names.join(";"),
      ...(keys.sessionToken === undefined ? {} : { "X-Amz-Security-Token": keys.sessionToken }),
      ...wish.parameters,
    };
    const search = Object.keys(parameters)
      .sort()
      .map((name) => `${encode(name)}=${encode(parameters[name]!)}`)
      .join("&");
    const canonical = [
      method,
      "/",
      search,
      ...names.map((name) => `${name}:${headers[name]}`),
      "",
      names.join(";"),
      wish.payloadHash ?? sha256(body),
    ].join("\n");
    const { signature } = this.#sign(keys, wish, date, canonical);
    return { method, url: `/?${search}&X-Amz-Signature=${signature}`, headers: Object.entries(headers), body };
  }

  #credential(keys: Keys, wish: LooseWish, date: string): string {
    return `${keys.accessKeyId}/${this.#scope(wish, date)}`;
  }

  #scope(wish: LooseWish, date: string): string {
    const { region = this.at.region, service = this.dialect.service, terminator = "aws4_request" } = wish;
    return `${wish.scopeDate ?? date.slice(0, 8)}/${region}/${service}/${terminator}`;
  }

  #sign(keys: Keys, wish: LooseWish, date: string, canonical: string) {
    const scope = this.#scope(wish, date);
    const [day = "", region = "", service = ""] = scope.split("/");
    const key = signingKey(keys.secretAccessKey, day, region, service);
    const text = `${wish.algorithm ?? "AWS4-HMAC-SHA256"}\n${date}\n${scope}\n${sha256(canonical)}`;
    const signature = createHmac("sha256", key).update(text).digest("hex");
    return { credential: `${keys.accessKeyId}/${scope}`, signature };
  }
}

import { RequestSigner, type SigningCredentials } from "@hotkeep/protocols";
import { operationNames } from "./aws-clients.js";
import { Dice } from "./dice.js";
import { hostileText } from "./hostile.js";
import { mutateText } from "./mutate-bytes.js";
import { enormousForm, mutateForm, percentEncode } from "./mutate-form.js";
import { mutateJson } from "./mutate-json.js";
import type { RecordedRequest } from "./recorded-requests.js";

/** One request, ready to be sent, and what may be asked of its answer. */
export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
  /** Sent in this many pieces, without Content-Length, when above 0. */
  readonly chunks: number;
  /** In which form errors must come; undefined: the request has lost what says so. */
  readonly protocol: "json" | "xml" | undefined;
  /** The server may answer by itself, before the gateway sees the request. */
  readonly brokenHttp: boolean;
}

/** What requests are made of. */
export interface FuzzWorld {
  readonly seed: number;
  readonly recorded: readonly RecordedRequest[];
  readonly host: string;
  readonly region: string;
  /** More of root's, or only refusals would be tested. */
  readonly callers: readonly SigningCredentials[];
  readonly now: () => number;
}

interface Draft {
  service: string;
  method: string;
  url: string;
  headers: Record<string, string | readonly string[]>;
  body: Buffer;
  chunks: number;
  brokenHttp: boolean;
  sameProtocol: boolean;
}

/** Makes every request of a run from its number. */
export class HttpRequests {
  readonly #world: FuzzWorld;
  readonly #signers: readonly RequestSigner[];
  /** Strings of all bodies: names of users, tables, attributes and operations, and texts of expressions and policies. */
  readonly #words: readonly string[];

  constructor(world: FuzzWorld) {
    this.#world = world;
    this.#signers = world.callers.map((caller) => new RequestSigner(caller));
    this.#words = wordsOf(world.recorded);
  }

  request(index: number): FuzzRequest {
    const dice = new Dice(this.#world.seed, index);
    const from = dice.pick(this.#world.recorded);
    const draft: Draft = {
      service: from.service,
      method: "POST",
      url: "/",
      headers: {
        host: this.#world.host,
        "content-type": from.contentType,
        ...(from.target === undefined ? {} : { "x-amz-target": from.target }),
      },
      body: Buffer.from(from.body),
      chunks: dice.once(10) ? 1 + dice.below(4) : 0,
      brokenHttp: false,
      sameProtocol: true,
    };
    // Most requests are signed as they are, so that they come past the signature.
    const way = dice.below(24);
    if (way < 16) this.#mutateBody(draft, from, dice);
    if (way === 15 || way === 16) this.#swapOperation(draft, from, dice);
    if (way === 17) mutateHead(draft, dice);
    this.#sign(draft, dice);
    if (way === 18) mutateSignature(draft, dice);
    if (way === 19) draft.body = mutateText(draft.body, dice);
    if (way === 20) mutateHead(draft, dice);
    // The rest goes out whole: what is valid keeps changing what the others find.
    const { method, url, headers, body, chunks, brokenHttp } = draft;
    const protocol = !draft.sameProtocol ? undefined : from.target === undefined ? "xml" : "json";
    return { method, url, headers, body, chunks, protocol, brokenHttp };
  }

  #mutateBody(draft: Draft, { target, body }: RecordedRequest, dice: Dice): void {
    if (dice.once(6)) {
      draft.body = mutateText(draft.body, dice);
    } else if (target !== undefined) {
      draft.body = Buffer.from(mutateJson(body, this.#words, dice));
    } else {
      draft.body = Buffer.from(dice.once(150) ? enormousForm(body, dice) : mutateForm(body, this.#words, dice));
    }
  }

  /** One operation's input under another's name. */
  #swapOperation(draft: Draft, { service, target }: RecordedRequest, dice: Dice): void {
    const other = dice.once(10) ? headerText(hostileText(dice)) : dice.pick(operationNames(service));
    if (target !== undefined) draft.headers["x-amz-target"] = `${target.split(".")[0]}.${other}`;
    else
      draft.body = Buffer.from(draft.body.toString("utf8").replace(/^Action=[^&]*/, `Action=${percentEncode(other)}`));
  }

  #sign(draft: Draft, dice: Dice): void {
    const { region, now } = this.#world;
    const headers = Object.fromEntries(
      Object.entries(draft.headers).map(([name, value]) => [name, typeof value === "string" ? value : value.join()]),
    );
    const scope = { region: draft.service === "iam" ? "us-east-1" : region, service: draft.service, now: now() };
    const request = { method: draft.method, url: draft.url, headers, body: draft.body };
    try {
      Object.assign(draft.headers, dice.pick(this.#signers).sign(request, scope));
    } catch (error) {
      // A query string that no signature can be made over goes out without one.
      if ((error as { code?: string }).code !== "MalformedQueryString") throw error;
      draft.sameProtocol = false;
    }
  }
}

function wordsOf(recorded: readonly RecordedRequest[]): readonly string[] {
  const words = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value === "string") words.add(value);
    else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (!Array.isArray(value)) words.add(name);
        gather(member);
      }
    }
  };
  for (const { target, body } of recorded) {
    gather(target === undefined ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body));
  }
  return [...words];
}

/** What a header can hold. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 4_000);

const contentTypes = [
  "",
  "text/plain",
  "application/json",
  "application/x-amz-json-1.1",
  "multipart/form-data",
  ";;=,",
];
const methods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "HEAD"];

function mutateHead(draft: Draft, dice: Dice): void {
  const { headers } = draft;
  switch (dice.below(12)) {
    case 0:
      headers["content-type"] = dice.pick(contentTypes);
      break;
    case 1:
      headers["x-amz-target"] = headerText(hostileText(dice));
      draft.sameProtocol = false;
      break;
    case 2:
      delete headers[dice.pick(Object.keys(headers).filter((name) => name !== "host"))];
      draft.sameProtocol = false;
      break;
    case 3:
      draft.method = dice.pick(methods);
      break;
    case 4:
      draft.url = `/${percentEncode(hostileText(dice)).slice(0, 8_000)}`;
      break;
    case 5:
      draft.url = `/?${dice.pick(["%", "%zz", "%ff", "a=%c0%af", "&&&=&=", "Action=GetUser&Action=x", "a".repeat(9_000)])}`;
      draft.sameProtocol = false;
      break;
    case 6:
      draft.url = `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${dice.pick(["", "%", "a%2Fb%2Fc%2Fiam", "a/b/c/ec2/d"])}`;
      draft.sameProtocol = false;
      break;
    case 7:
      headers[dice.pick(["x-amz-date", "date"])] = dice.pick(["", "20261123T000000Z", "99999999T999999Z", "Mon", "-1"]);
      break;
    case 8:
      headers["x-amz-security-token"] = headerText(hostileText(dice));
      break;
    case 9:
      // Node's own limit for all headers together is 64 KB here.
      for (let i = 0; i < dice.pick([60, 900, 3_000]); i++) headers[`x-amz-${i}`] = "x".repeat(dice.below(60));
      draft.brokenHttp = true;
      break;
    case 10:
      headers[dice.pick(["content-encoding", "accept", "x-amz-content-sha256", "x-forwarded-for", "te"])] = headerText(
        hostileText(dice),
      );
      break;
    default:
      headers[dice.pick(["x-amz-target", "content-type", "x-amz-date", "user-agent"])] = ["a", "b"];
      draft.sameProtocol = false;
  }
}

function mutateSignature(draft: Draft, dice: Dice): void {
  const { authorization } = draft.headers;
  if (typeof authorization !== "string") return;
  switch (dice.below(5)) {
    case 0:
      draft.headers.authorization = authorization.replace(
        dice.pick([/Credential=[^,]*/, /SignedHeaders=[^,]*/, /Signature=.*/, /AWS4-HMAC-SHA256/, /\/[^/]*\//]),
        headerText(hostileText(dice)),
      );
      break;
    case 1:
      draft.headers.authorization = [authorization, authorization];
      break;
    case 2:
      delete draft.headers.authorization;
      break;
    case 3:
      draft.headers.authorization = authorization.slice(0, dice.below(authorization.length));
      break;
    default:
      draft.headers.authorization = headerText(mutateText(Buffer.from(authorization), dice).toString("latin1"));
  }
  // The credential scope is what names the service.
  draft.sameProtocol = false;
}

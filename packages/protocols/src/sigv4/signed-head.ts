import type { Credential } from "../credentials.js";
import { type Headers, trimmed } from "../http/headers.js";
import type { RepeatableHead } from "../http/repeatable-head.js";
import { canonicalLine } from "./canonical.js";
import {
  type HeadHandle,
  loadNativeSignedHeads,
  type NativeSignedHeads,
  pieceSources,
  resultPlaces,
  valueKinds,
} from "./native-signed-heads.js";
import type { CredentialScope } from "./scope.js";
import type { SigningKey } from "./signing-key.js";

const hexDigest = /^[0-9a-f]{64}$/;

/** A request that was verified, as far as those with the same head have it in common with it. */
export interface VerifiedRequest {
  /** Method, path and query of the canonical request, a line each. */
  readonly canonicalStart: string;
  /** As written. */
  readonly signedHeaders: string;
  /** In lower case. */
  readonly signedHeaderList: readonly string[];
  readonly signature: string;
  readonly scope: CredentialScope;
  readonly credential: Credential;
  readonly key: SigningKey;
}

/** Of the request that was taken last, by whichever head. */
let results = new Int32Array(0);
/** Number of that request. */
let taken = 0;

/**
 * A head of which one request was verified: finds out in one native call whether bytes begin with another one whose
 * signature is right under the same key. Whatever it does not take has to be verified as if there were no such head;
 * what it takes has still to be fresh, and the credential still to be good.
 */
export class SignedHead {
  readonly scope: CredentialScope;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** The headers of the request that was taken last, until another one is. */
  readonly headers: Headers;
  /** Of the request that was taken last. */
  headBytes = 0;
  bodyBytes = 0;
  /** Its `X-Amz-Date`. */
  date = "";
  readonly #native: NativeSignedHeads;
  readonly #handle: HeadHandle;
  readonly #rawHeaders: readonly string[];
  /** Numbers of the values that change, by their places in `rawHeaders`. */
  readonly #changing: ReadonlyMap<number, number>;
  readonly #dateNumber: number;
  #memory: Buffer | undefined;
  #number = 0;

  private constructor(
    native: NativeSignedHeads,
    handle: HeadHandle,
    layout: Layout,
    { scope, credential }: VerifiedRequest,
  ) {
    this.#native = native;
    this.#handle = handle;
    this.#rawHeaders = layout.rawHeaders;
    this.#changing = layout.changing;
    this.#dateNumber = layout.dateNumber;
    this.scope = scope;
    this.secretAccessKey = credential.secretAccessKey;
    this.sessionToken = credential.sessionToken;
    const { places, changing, rawHeaders } = layout;
    const values = new Map<string, string | number>();
    for (const [name, place] of places) values.set(name, changing.get(place) ?? trimmed(rawHeaders[place]!));
    this.headers = {
      get: (name) => {
        const value = values.get(name);
        return typeof value === "number" ? trimmed(this.#changed(value)) : value;
      },
      has: (name) => values.has(name),
    };
  }

  /** Undefined: requests with this head cannot be verified so, or there is no compiled part. */
  static of(head: RepeatableHead, request: VerifiedRequest): SignedHead | undefined {
    const native = loadNativeSignedHeads();
    if (!("take" in native) || head.changing.size === 0) return undefined;
    const layout = layoutOf(head, request);
    if (layout === undefined || layout.values.length > 3 * native.valuesMax) return undefined;
    const { text, pieces } = canonicalPieces(head, layout, request);
    if (pieces.length > 3 * native.piecesMax) return undefined;
    const { inner, outer } = request.key.blocks();
    const handle = native.make(
      head.bytes,
      Int32Array.from(layout.values),
      Buffer.from(text, "utf8"),
      Int32Array.from(pieces),
      Buffer.from(`\n${request.scope.text}\n`, "utf8"),
      inner,
      outer,
    );
    if (results.length !== native.resultsCount) results = new Int32Array(native.resultsCount);
    return new SignedHead(native, handle, layout, request);
  }

  /** Whether `memory[start, end)` begins with a whole request that has this head and the right signature. */
  take(memory: Buffer, start: number, end: number): boolean {
    if (!this.#native.take(this.#handle, memory, start, end, results)) return false;
    this.#memory = memory;
    this.#number = ++taken;
    this.headBytes = results[resultPlaces.headBytes]!;
    this.bodyBytes = results[resultPlaces.bodyBytes]!;
    if (results[resultPlaces.sameDate] === 0) this.date = this.#changed(this.#dateNumber);
    return true;
  }

  /** Name, value, name, value … of the request that was taken last, until another one is. */
  rawHeaders(): string[] {
    return this.#rawHeaders.map((text, place) => {
      const number = this.#changing.get(place);
      return number === undefined ? text : this.#changed(number);
    });
  }

  #changed(number: number): string {
    if (this.#memory === undefined || this.#number !== taken) {
      throw new Error("headers are read after the next request has come");
    }
    const at = resultPlaces.firstValue + 2 * number;
    return this.#memory.toString("latin1", results[at], results[at + 1]);
  }
}

/** Which values of a head change, and where. */
interface Layout {
  readonly rawHeaders: readonly string[];
  /** Of values in `rawHeaders`, by name in lower case. */
  readonly places: ReadonlyMap<string, number>;
  readonly changing: ReadonlyMap<number, number>;
  readonly dateNumber: number;
  /** Kind, from, to; … */
  readonly values: readonly number[];
}

function layoutOf({ rawHeaders, valuesAt, changing }: RepeatableHead, request: VerifiedRequest): Layout | undefined {
  const places = new Map<string, number>();
  const numbers = new Map<number, number>();
  const values: number[] = [];
  let dateNumber = -1;
  for (let place = 1; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place - 1]!.toLowerCase();
    if (places.has(name)) return undefined;
    places.set(name, place);
    const value = rawHeaders[place]!;
    const kind = kindOf(name, value, request.signature, changing.has(place));
    if (kind === "unfit") return undefined;
    if (kind === undefined) continue;
    const number = numbers.size;
    if (kind === valueKinds.date) dateNumber = number;
    numbers.set(place, number);
    const from = valuesAt[(place - 1) / 2]!;
    values.push(kind, from, from + value.length);
  }
  const isWhole = places.has("authorization") && places.has("content-length") && dateNumber >= 0;
  return isWhole ? { rawHeaders, places, changing: numbers, dateNumber, values } : undefined;
}

/** What may become of a value in the next request; undefined: it stays. */
function kindOf(name: string, value: string, signature: string, changes: boolean): number | undefined | "unfit" {
  switch (name) {
    case "content-length":
      return valueKinds.length;
    case "authorization":
      return hexDigest.test(signature) && value.endsWith(`Signature=${signature}`) ? valueKinds.signature : "unfit";
    case "x-amz-date":
      return /^\d{8}T\d{6}Z$/.test(value) ? valueKinds.date : "unfit";
    case "x-amz-content-sha256":
      return hexDigest.test(value) ? valueKinds.bodyHash : "unfit";
    case "x-amz-security-token":
      // Only the one that was compared is good.
      return changes ? "unfit" : undefined;
    default:
      return changes ? valueKinds.plain : undefined;
  }
}

/** The canonical request in pieces: what is the same for all requests with this head, and what is not. */
function canonicalPieces(
  { rawHeaders }: RepeatableHead,
  { places, changing }: Layout,
  { canonicalStart, signedHeaderList, signedHeaders }: VerifiedRequest,
): { readonly text: string; readonly pieces: readonly number[] } {
  let text = "";
  let bytes = 0;
  const pieces: number[] = [];
  const add = (more: string) => {
    const from = bytes;
    text += more;
    bytes += Buffer.byteLength(more, "utf8");
    pieces.push(pieceSources.text, from, bytes);
  };
  let same = canonicalStart;
  for (const name of signedHeaderList) {
    const place = places.get(name);
    const number = place === undefined ? undefined : changing.get(place);
    if (number === undefined) same += canonicalLine(name, place === undefined ? "" : trimmed(rawHeaders[place]!));
    else {
      add(`${same}${name}:`);
      pieces.push(number, 0, 0);
      same = "\n";
    }
  }
  add(`${same}\n${signedHeaders}\n`);
  pieces.push(pieceSources.bodyHash, 0, 0);
  return { text, pieces };
}

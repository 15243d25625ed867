import type { HttpAnswer } from "./http-client.js";
import type { FuzzRequest } from "./http-requests.js";

/** What is wrong with an answer to a mutated request; undefined: nothing. */
export function flawOfAnswer(request: FuzzRequest, { status, contentType, body }: HttpAnswer): string | undefined {
  if (status !== 200 && (status < 400 || status > 499)) {
    const redirected = status === 302 && request.method === "GET";
    return redirected ? undefined : `status ${status}`;
  }
  if (request.method === "HEAD") return undefined;
  if (request.brokenHttp && status !== 200 && body.length === 0) return undefined;
  const isXml = contentType.startsWith("text/xml");
  const isJson = contentType.startsWith("application/x-amz-json-1.");
  if (!isXml && !isJson) {
    return request.method === "GET" && request.protocol === undefined ? undefined : `content type ${contentType}`;
  }
  if (request.protocol !== undefined && (request.protocol === "xml") !== isXml) return `an answer in ${contentType}`;
  const text = body.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(body)) return "an answer that is not UTF-8";
  return isXml ? flawOfXml(text, status) : flawOfJson(text, status);
}

function flawOfJson(text: string, status: number): string | undefined {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "a JSON answer that is no object";
  if (status === 200) return undefined;
  return typeof json.__type === "string" && json.__type !== "" ? undefined : "an error without __type";
}

function flawOfXml(text: string, status: number): string | undefined {
  const flaw = flawOfXmlText(text);
  if (flaw !== undefined || status === 200) return flaw;
  if (!/<Code>[A-Za-z.]+<\/Code>/.test(text)) return "an error without Code";
  return /<Message>/.test(text) && /<RequestI[dD]>[^<]+</.test(text)
    ? undefined
    : "an error without message or request id";
}

const unwritable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write these
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Strict about the little that answers consist of: elements, text, the five entities and numbered ones. */
function flawOfXmlText(text: string): string | undefined {
  if (unwritable.test(text)) return "XML with a character that XML cannot hold";
  const open: string[] = [];
  let at = /^(<\?xml [^>]*\?>)?\s*/.exec(text)![0].length;
  let roots = 0;
  const piece = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:]+="[^"<&]*")*)\s*(\/?)>|([^<]+)/y;
  while (at < text.length) {
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (found === null) return `not XML at ${at}: ${text.slice(at, at + 40)}`;
    const [whole, closing, name, , empty, characters] = found;
    if (characters !== undefined) {
      if (open.length === 0 && characters.trim() !== "") return "text outside of the root element";
      if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\dA-Fa-f]+);)/.test(characters)) return "a bare ampersand";
    } else if (closing === "/") {
      if (open.pop() !== name) return `</${name}> closes what is not open`;
    } else {
      if (open.length === 0) roots++;
      if (empty !== "/") open.push(name!);
    }
    at += whole.length;
  }
  return open.length === 0 && roots === 1 ? undefined : "an element that is not closed";
}

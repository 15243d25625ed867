import { consoleFile } from "@hotkeep/console";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";
import type { EndpointState } from "@hotkeep/tables";

const consolePrefix = "/console/";

/** The page may load its own files and call its own origin, and nobody may frame it. */
const consoleHeaders = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

const redirect = (location: string): HttpResponse => ({ status: 302, headers: { location }, body: "" });

/** A signed request is an API call, whatever its path looks like. */
function isSigned({ rawHeaders }: HttpRequest): boolean {
  return rawHeaders.some((text, i) => i % 2 === 0 && text.toLowerCase() === "authorization");
}

async function answerConsole(name: string): Promise<HttpResponse> {
  const file = await consoleFile(name === "" ? "index.html" : name);
  if (file === undefined) return { status: 404, headers: { "content-type": "text/plain" }, body: "not found\n" };
  return { status: 200, headers: { ...consoleHeaders, "content-type": file.contentType }, body: file.body };
}

/**
 * The gateway serves; a table endpoint that is away does not change that, because IAM and what is cached still answer.
 * Where it is and why it is away is for the log.
 */
function answerHealth(tables: EndpointState | undefined): HttpResponse {
  const lines = ["ok"];
  if (tables?.answers === true) lines.push("table endpoint: answers");
  if (tables?.answers === false) {
    lines.push(`table endpoint: does not answer since ${new Date(tables.since).toISOString()}`);
  }
  return { status: 200, headers: { "content-type": "text/plain" }, body: `${lines.join("\n")}\n` };
}

/**
 * What the gateway answers to anybody, without a signature: whether it serves (for load balancers) and the console's
 * files. undefined: not a page but an API call. `tables` is the state of the table endpoint, where there is one.
 */
export function answerPage(
  request: HttpRequest,
  tables?: EndpointState,
): Promise<HttpResponse> | HttpResponse | undefined {
  if (request.method !== "GET" || isSigned(request)) return undefined;
  if (request.url === "/health") return answerHealth(tables);
  if (request.url === "/" || request.url === "/console") return redirect(consolePrefix);
  if (request.url.startsWith(consolePrefix)) return answerConsole(request.url.slice(consolePrefix.length));
  return undefined;
}

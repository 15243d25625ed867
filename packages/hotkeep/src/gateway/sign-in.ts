import type { Clock } from "@hotkeep/core";
import type { Identity, SignInAnswer, SignInFacts } from "@hotkeep/identity";
import type { HttpRequest, HttpResponse } from "@hotkeep/protocols";

const path = "/console/sign-in";
/** A name, two passwords and a code; passwords have 128 characters at the most. */
const bodyBytesMax = 4096;

/** What {@link answerSignIn} works with. */
export interface SignInParts {
  readonly identity: Pick<Identity, "signIn">;
  readonly clock: Clock;
  readonly region: string;
  readonly audit: (answer: SignInAnswer, who: SignInFacts) => void;
}

function json(status: number, body: object): HttpResponse {
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return { status, headers, body: JSON.stringify(body) };
}

function headerOf({ rawHeaders }: HttpRequest, name: string): string | undefined {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** Only a page of this gateway may send it: other pages cannot send JSON unasked, and name their own origin. */
function isOwnPage(request: HttpRequest): boolean {
  if (!/^application\/json\b/i.test(headerOf(request, "content-type") ?? "")) return false;
  const origin = headerOf(request, "origin");
  return origin === undefined || origin.replace(/^https?:\/\//, "") === headerOf(request, "host");
}

interface Form {
  readonly account?: string;
  readonly userName: string;
  readonly password: string;
  readonly code?: string;
  readonly newPassword?: string;
}

function readForm({ body }: HttpRequest): Form | undefined {
  if (body.length > bodyBytesMax) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { account, userName, password, code, newPassword } = read as Readonly<Record<string, unknown>>;
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (!isText(userName) || !isText(password)) return undefined;
  const where = isText(account) ? { account } : {};
  return {
    ...where,
    userName,
    password,
    ...(isText(code) ? { code } : {}),
    ...(isText(newPassword) ? { newPassword } : {}),
  };
}

function responseFor(answer: SignInAnswer, region: string): HttpResponse {
  switch (answer.kind) {
    case "session": {
      const { accessKeyId, secretAccessKey, sessionToken } = answer;
      const expiration = new Date(answer.expiresAt).toISOString();
      return json(200, { accessKeyId, secretAccessKey, sessionToken, expiration, region });
    }
    case "incomplete":
      return json(403, { code: "Incomplete", needs: { code: answer.code, newPassword: answer.newPassword } });
    case "new-password-refused":
      return json(403, { code: "PasswordPolicyViolation", message: answer.message });
    case "too-many":
      return json(429, { code: "TooManyAttempts", message: answer.message });
    case "refused":
      return json(403, { code: "AuthenticationFailed", message: answer.message });
  }
}

/**
 * Signs a user in to the console: a name, a password and what else is asked for, against temporary credentials with which
 * the page calls the public APIs. Ours; no AWS API has it. undefined: the request is something else.
 */
export function answerSignIn(
  request: HttpRequest,
  parts: SignInParts,
): Promise<HttpResponse> | HttpResponse | undefined {
  if (request.url !== path || request.method !== "POST") return undefined;
  const form = isOwnPage(request) ? readForm(request) : undefined;
  if (form === undefined) {
    return json(400, { code: "BadRequest", message: "Send a JSON object with `userName` and `password`." });
  }
  return signIn(form, request, parts);
}

async function signIn(form: Form, request: HttpRequest, parts: SignInParts): Promise<HttpResponse> {
  const { identity, clock, region, audit } = parts;
  const answer = await identity.signIn({ ...form, sourceIp: request.remoteAddress });
  audit(answer, {
    ...{ userName: form.userName, at: clock.now(), region, sourceIp: request.remoteAddress },
    userAgent: headerOf(request, "user-agent") ?? "unknown",
    page: `${request.secure ? "https" : "http"}://${headerOf(request, "host") ?? "unknown"}/console/`,
  });
  return responseFor(answer, region);
}

import { type Headers, queryOf } from "../http/headers.js";
import type { HttpRequest } from "../http.js";
import type { ServiceName, SigningName } from "../operation.js";

/** The services that are here, by signing name. */
export const servedNames: readonly SigningName[] = ["iam", "sts", "ec2", "dax", "dynamodb", "monitoring", "hotkeep"];
const services: ReadonlySet<string> = new Set(servedNames);
/** What a target begins with that is for DynamoDB's streams, which are signed for as DynamoDB. */
const streamsTarget = "DynamoDBStreams_";
const formBytesSearched = 64 * 1024;

/**
 * The service a request is meant for: what its credential scope says; for unsigned and broken requests, what its target,
 * or its action's version, suggests, so that the refusal is in words which that client understands. Nothing is trusted
 * here: the signature is checked against the service found.
 *
 * @param scoped see {@link scopedService}
 */
export function locateService(
  request: HttpRequest,
  headers: Headers,
  scoped: string | undefined,
): ServiceName | undefined {
  if (scoped === "dynamodb" && headers.get("x-amz-target")?.startsWith(streamsTarget)) return "dynamodbstreams";
  if (scoped !== undefined && services.has(scoped)) return scoped as ServiceName;
  return suggestedService(request, headers);
}

/**
 * The name of a service of AWS that is asked for and is not here: the scope names it, and nothing else in the request
 * points to one that is.
 */
export function absentService(request: HttpRequest, headers: Headers, scoped: string | undefined): string | undefined {
  if (scoped === undefined || services.has(scoped) || !/^[a-z][a-z0-9-]{1,62}$/.test(scoped)) return undefined;
  const suggested = suggestedService(request, headers);
  // A form of no known version is only taken for EC2's: other services have forms, too.
  const form = `${queryOf(request.url)}&${request.body.subarray(0, formBytesSearched).toString("latin1")}`;
  const sure = suggested !== undefined && (suggested !== "ec2" || /(^|&)Version=2016-11-15(&|$)/.test(form));
  return sure ? undefined : scoped;
}

function suggestedService(request: HttpRequest, headers: Headers): ServiceName | undefined {
  const target = headers.get("x-amz-target");
  if (target?.startsWith("DynamoDB_")) return "dynamodb";
  if (target?.startsWith(streamsTarget)) return "dynamodbstreams";
  if (target?.startsWith("AmazonDAX")) return "dax";
  if (target?.startsWith("GraniteService") || request.url.startsWith("/service/GraniteService")) return "monitoring";
  if (target?.startsWith("Hotkeep_")) return "hotkeep";
  const form = request.body.subarray(0, formBytesSearched).toString("latin1");
  return serviceOfForm(queryOf(request.url)) ?? serviceOfForm(form);
}

/** The service that the credential scope names, whatever that is. */
export function scopedService(request: HttpRequest, headers: Headers): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== undefined) {
    const from = authorization.indexOf("Credential=");
    if (from < 0) return undefined;
    const comma = authorization.indexOf(",", from);
    return fourthPart(authorization, from, comma < 0 ? authorization.length : comma)?.trim();
  }
  if (!request.url.includes("X-Amz-Credential=")) return undefined;
  const credential = /[?&]X-Amz-Credential=([^&]*)/.exec(request.url)?.[1]?.replaceAll(/%2f/gi, "/");
  return credential === undefined ? undefined : fourthPart(credential, 0, credential.length);
}

/** What stands behind the third slash, up to the next. */
function fourthPart(text: string, from: number, to: number): string | undefined {
  let start = from;
  for (let slashes = 0; slashes < 3; slashes++) {
    start = text.indexOf("/", start) + 1;
    if (start === 0 || start > to) return undefined;
  }
  const end = text.indexOf("/", start);
  return text.slice(start, end < 0 || end > to ? to : end);
}

function serviceOfForm(form: string): ServiceName | undefined {
  if (!/(^|&)Action=/.test(form)) return undefined;
  const version = /(?:^|&)Version=([^&]*)/.exec(form)?.[1];
  if (version === "2010-05-08") return "iam";
  if (version === "2010-08-01") return "monitoring";
  return version === "2011-06-15" ? "sts" : "ec2";
}

import { type Headers, queryOf } from "../http/headers.js";
import type { HttpRequest } from "../http.js";
import type { Service } from "./service.js";

/** Far more than comes before the action in any client's form. */
const formBytesSearched = 64 * 1024;

function actionOf(form: string): string | undefined {
  return /(?:^|&)Action=([A-Za-z]*)/.exec(form)?.[1];
}

/**
 * The operation that a request asks for without any trace of a signature, if it is one that needs none; undefined for
 * everything else, which the verifier then judges. Only STS has such operations: no other service is even looked at.
 */
export function unsignedOperation(request: HttpRequest, headers: Headers, service: Service): string | undefined {
  if (service.signing !== "sts" || headers.get("authorization") !== undefined || request.url.includes("X-Amz-")) {
    return undefined;
  }
  const form = request.body.subarray(0, formBytesSearched).toString("latin1");
  const action = actionOf(queryOf(request.url)) ?? actionOf(form);
  return action !== undefined && service.operations.get(action)?.unsigned === true ? action : undefined;
}

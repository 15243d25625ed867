import type { SigningCredentials } from "./credentials.js";
import type { HttpRequest, HttpResponse } from "./http.js";
import type { ServiceName } from "./operation.js";

/** A call made inside this process with somebody's credentials: authenticated, authorised and validated as any other. */
export interface LocalCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: unknown;
  readonly region: string;
  readonly credentials: SigningCredentials;
  readonly sourceIp?: string;
}

/** Routes verified calls to operations; see {@link createRouter}. */
export interface Router {
  /**
   * Never throws nor rejects: every failure becomes the response the client's protocol understands. A promise only where
   * the operation has to wait for something.
   */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
  /** @throws AwsError what the operation, the authorizer or the validator said. */
  invoke(call: LocalCall): Promise<unknown>;
}

import {
  AwsError,
  type Clock,
  CommonAwsError,
  type Logger,
  type PermissionRequest,
  type Principal,
  type Random,
} from "@hotkeep/core";
import { AnswerHold } from "../answer-hold.js";
import type { AuditRecord } from "../audit.js";
import type { Authorizer } from "../authorizer.js";
import type { Credential, CredentialSource } from "../credentials.js";
import { HeaderReader, type Headers } from "../http/headers.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import type { CallContext, ServiceHandlers, ServiceName } from "../operation.js";
import type { LocalCall, Router } from "../router.js";
import { missingSignature } from "../sigv4/presented.js";
import { sameSecret } from "../sigv4/secrets.js";
import { checkSession, SignatureVerifier } from "../sigv4/verify.js";
import { absentService, locateService, scopedService, servedNames } from "./locate.js";
import { RequestIds } from "./request-ids.js";
import { retold } from "./retold.js";
import { type AnyOperation, assembleServices, type Service } from "./service.js";
import { unsignedOperation } from "./unsigned.js";
import type { Wire } from "./wire.js";

/** What a router is made of. */
export interface RouterOptions {
  readonly services: readonly ServiceHandlers[];
  readonly credentials: CredentialSource;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The account of callers that have none of their own: AWS services. */
  readonly account?: string;
  /** The Regions a signature may be for; undefined: whatever is spelt like one. */
  readonly regions?: readonly string[];
  /** Gets a record of every call, after its answer is made. */
  readonly audit?: (record: AuditRecord) => void;
}

/**
 * Makes the router: service by credential scope, then signature, operation, decoding, validation, authorisation,
 * handling, encoding, in this order, the same for all services.
 *
 * @throws HotkeepError when handlers do not fit the service models.
 */
export function createRouter(options: RouterOptions): Router {
  return new ModelRouter(options);
}

/** Who sends a request that needs no signature, and where to: the Region is only in signatures. */
const anonymously: { readonly credential: Credential; readonly region: string } = {
  credential: { accessKeyId: "", secretAccessKey: "", principal: { kind: "anonymous" } },
  region: "us-east-1",
};

/** What is known about a call so far; filled in as it goes. */
interface Progress {
  readonly requestId: string;
  readonly time: number;
  readonly started: number;
  readonly hold: AnswerHold;
  service?: Service;
  /** How the client speaks to it. */
  wire?: Wire;
  operation?: string;
  credential?: Credential;
  call?: CallContext;
  sourceIp?: string;
  userAgent?: string;
  traceparent?: string;
  permissions?: readonly PermissionRequest[];
  /** Decoded, not yet validated. */
  input?: unknown;
  output?: unknown;
}

class ModelRouter implements Router {
  readonly #options: RouterOptions;
  readonly #service: (name: ServiceName) => Service;
  readonly #verifier: SignatureVerifier;
  readonly #requestIds: RequestIds;
  readonly #headers = new HeaderReader();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#service = assembleServices(options.services);
    this.#verifier = new SignatureVerifier(options.credentials, options.clock, options.regions);
    this.#requestIds = new RequestIds(options.random);
  }

  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const progress = this.#begin();
    try {
      const headers = request.signed?.headers ?? this.#headers.read(request.rawHeaders);
      const response = this.#serve(request, headers, progress);
      if (response instanceof Promise) {
        return response.then(
          (made) => this.#whenReleased(made, undefined, progress),
          (thrown: unknown) => this.#refuse(thrown, progress),
        );
      }
      return this.#whenReleased(response, undefined, progress);
    } catch (thrown) {
      return this.#refuse(thrown, progress);
    }
  }

  #refuse(thrown: unknown, progress: Progress): HttpResponse | Promise<HttpResponse> {
    const error = this.#asAwsError(thrown, progress);
    return this.#whenReleased(this.#writeError(error, progress), error, progress);
  }

  /** Gives a response that is made, with the error that it tells, as soon as nothing holds it back any more. */
  #whenReleased(
    response: HttpResponse,
    error: AwsError | undefined,
    progress: Progress,
  ): HttpResponse | Promise<HttpResponse> {
    const { held } = progress.hold;
    if (held === undefined) return this.#give(response, error, progress);
    return held.then(
      () => this.#give(response, error, progress),
      (thrown: unknown) => {
        const failure = this.#asAwsError(thrown, progress);
        return this.#give(this.#writeError(failure, progress), failure, progress);
      },
    );
  }

  #give(response: HttpResponse, error: AwsError | undefined, progress: Progress): HttpResponse {
    this.#audit(progress, response.status, error);
    return response;
  }

  async invoke(local: LocalCall): Promise<unknown> {
    const progress = this.#begin();
    try {
      const output = await this.#serveLocal(local, progress);
      this.#audit(progress, 200, undefined);
      return output;
    } catch (thrown) {
      const error = this.#asAwsError(thrown, progress);
      this.#audit(progress, error.status, error);
      throw error;
    }
  }

  #writeError(error: AwsError, progress: Progress): HttpResponse {
    // Requests that name no service at all get the most common dialect.
    const wire = progress.wire ?? (progress.service ?? this.#service("dynamodb")).wire;
    try {
      return wire.writeError(error, requestIdOf(error, progress));
    } catch (cause) {
      // An error with members that do not fit its model.
      return wire.writeError(this.#asAwsError(cause, progress), progress.requestId);
    }
  }

  #begin(): Progress {
    const { clock } = this.#options;
    return {
      requestId: this.#requestIds.next(),
      time: clock.now(),
      started: clock.monotonic(),
      hold: new AnswerHold(),
    };
  }

  #serve(request: HttpRequest, headers: Headers, progress: Progress): HttpResponse | Promise<HttpResponse> {
    const sourceIp = plainAddress(request.remoteAddress);
    if (sourceIp !== "") progress.sourceIp = sourceIp;
    const userAgent = headers.get("user-agent");
    if (userAgent !== undefined) progress.userAgent = userAgent;
    const traceparent = headers.get("traceparent");
    if (traceparent !== undefined) progress.traceparent = traceparent;
    const scoped = request.signed?.scope.service ?? scopedService(request, headers);
    const name = locateService(request, headers, scoped);
    const service = this.#service(name ?? "dynamodb");
    progress.service = service;
    const wire = service.wireFor(request, headers);
    progress.wire = wire;
    const absent = absentService(request, headers, scoped);
    if (absent !== undefined) {
      throw new CommonAwsError(
        "UnknownOperation",
        `The service ${absent} is not served here: ${servedNames.join(", ")} are`,
      );
    }
    if (request.bodyTooLong === true || request.body.length > wire.bodyBytesMax) {
      throw new CommonAwsError("RequestTooLarge", `The request must not be longer than ${wire.bodyBytesMax} bytes`);
    }
    const expected = { service: service.signing, skewMs: wire.clockSkewMs };
    const unsigned = unsignedOperation(request, headers, service);
    const { credential, region } =
      unsigned === undefined ? this.#verifier.verify(request, headers, expected, progress.time) : anonymously;
    progress.credential = credential;
    const incoming = wire.open(request, headers);
    progress.operation = incoming.operation;
    // Two readers of one body: what was let in is what is done.
    if (unsigned !== undefined && incoming.operation !== unsigned) throw missingSignature();
    const operation = findOperation(service, incoming.operation);
    const input = incoming.readInput();
    const call = this.#call(service, incoming.operation, credential, region, request.secure, progress);
    const output = this.#perform(service, operation, input, call, progress);
    const { requestId } = progress;
    return output instanceof Promise
      ? output.then((done) => wire.writeOutput(call.operation, done, requestId))
      : wire.writeOutput(call.operation, output, requestId);
  }

  async #serveLocal(local: LocalCall, progress: Progress): Promise<unknown> {
    if (local.sourceIp !== undefined) progress.sourceIp = local.sourceIp;
    const service = this.#service(local.service);
    progress.service = service;
    const { accessKeyId, secretAccessKey, sessionToken } = local.credentials;
    const credential = this.#options.credentials.find(accessKeyId);
    if (credential === undefined) {
      throw new CommonAwsError("UnknownKey", "The security token included in the request is invalid.");
    }
    if (!sameSecret(secretAccessKey, credential.secretAccessKey)) {
      throw new CommonAwsError("BadSignature", "The secret access key does not belong to the access key id.");
    }
    checkSession(credential, sessionToken, progress.time);
    progress.credential = credential;
    progress.operation = local.operation;
    const operation = findOperation(service, local.operation);
    service.wire.assertInput(local.operation, local.input);
    const call = this.#call(service, local.operation, credential, local.region, true, progress);
    try {
      const output = await this.#perform(service, operation, local.input, call, progress);
      return service.wire.localOutput(local.operation, output);
    } finally {
      await progress.hold.held;
    }
  }

  #call(
    service: Service,
    operation: string,
    credential: Credential,
    region: string,
    secureTransport: boolean,
    progress: Progress,
  ): CallContext {
    const { principal, accessKeyId, session } = credential;
    const call: { -readonly [Name in keyof CallContext]: CallContext[Name] } = {
      service: service.signing,
      operation,
      principal,
      accessKeyId,
      account: this.#accountOf(principal),
      // IAM has no Regions: it is one service, in us-east-1.
      region: service.signing === "iam" ? "us-east-1" : region,
      requestId: progress.requestId,
      now: progress.time,
      secureTransport,
    };
    // What is absent is not even there as undefined; spreading it in would cost every call.
    if (session !== undefined) call.session = session;
    if (progress.sourceIp !== undefined) call.sourceIp = progress.sourceIp;
    if (progress.userAgent !== undefined) call.userAgent = progress.userAgent;
    progress.call = call;
    return call;
  }

  #accountOf(principal: Principal): string {
    if ("account" in principal) return principal.account;
    const { account } = this.#options;
    if (account === undefined) throw new Error(`a principal of kind \`${principal.kind}\` acts in no account`);
    return account;
  }

  /** Validation, permissions, and the operation itself; a promise only where one of them makes one. */
  #perform(service: Service, operation: AnyOperation, input: unknown, call: CallContext, progress: Progress): unknown {
    progress.input = input;
    const failures = service.wire.validate(call.operation, input);
    if (failures.length > 0) throw service.wire.validationError(failures);
    const needed = operation.needs(input, call);
    return needed instanceof Promise
      ? needed.then((permissions) => this.#permitted(service, operation, input, call, progress, permissions))
      : this.#permitted(service, operation, input, call, progress, needed);
  }

  #permitted(
    service: Service,
    operation: AnyOperation,
    input: unknown,
    call: CallContext,
    progress: Progress,
    needed: readonly PermissionRequest[],
  ): unknown {
    progress.permissions = needed;
    this.#options.authorizer.authorize(call, needed);
    if (service.signing === "ec2" && isDryRun(input)) {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", { status: 412 });
    }
    const output = operation.handle(input, call, progress.hold);
    if (output instanceof Promise) return output.then((done: unknown) => (progress.output = done));
    progress.output = output;
    return output;
  }

  /** Whatever else was thrown is our fault: the log gets the reason, the client a number to ask about. */
  #asAwsError(thrown: unknown, progress: Progress): AwsError {
    if (thrown instanceof AwsError && thrown.fault === "client") return thrown;
    this.#options.logger.error("a call failed", {
      requestId: progress.requestId,
      service: progress.service?.signing,
      operation: progress.operation,
      error: thrown,
    });
    if (thrown instanceof AwsError) return thrown;
    return new CommonAwsError(
      "Internal",
      "The request processing has failed because of an unknown error, exception or failure.",
      { cause: thrown },
    );
  }

  #audit(progress: Progress, status: number, error: AwsError | undefined): void {
    const { audit, clock, logger } = this.#options;
    if (audit === undefined) return;
    const { call, credential } = progress;
    const told = (end: "input" | "output") => {
      const value = progress[end];
      const { service, operation } = progress;
      if (value === undefined || service === undefined || operation === undefined) return undefined;
      const { tables } = service;
      return () => retold(tables, tables.operations[operation]?.[end], value);
    };
    const record: AuditRecord = {
      requestId: error === undefined ? progress.requestId : requestIdOf(error, progress),
      time: progress.time,
      durationMs: clock.monotonic() - progress.started,
      service: progress.service?.signing,
      operation: progress.operation,
      principal: credential?.principal,
      accessKeyId: credential?.accessKeyId || undefined,
      account: call?.account,
      region: call?.region,
      sourceIp: progress.sourceIp,
      userAgent: progress.userAgent,
      traceparent: progress.traceparent,
      permissions: progress.permissions ?? [],
      status,
      errorCode: error?.code,
      errorMessage: error?.message,
      session: credential?.session,
      tellInput: told("input"),
      tellOutput: error === undefined ? told("output") : undefined,
    };
    try {
      audit(record);
    } catch (cause) {
      logger.error("an audit record was lost", { requestId: record.requestId, error: cause });
    }
  }
}

function findOperation(service: Service, name: string): AnyOperation {
  const operation = service.operations.get(name);
  if (operation === undefined) throw service.wire.unknownOperation(name);
  return operation;
}

/** A denial is looked up by its decision, so the answer carries that as its request id. */
function requestIdOf(error: AwsError, progress: Progress): string {
  const { decisionId } = error.members;
  return typeof decisionId === "string" ? decisionId : progress.requestId;
}

function isDryRun(input: unknown): boolean {
  return (input as { readonly DryRun?: unknown }).DryRun === true;
}

/** IPv4 addresses of a dual-stack socket come as `::ffff:127.0.0.1`; policies write them plainly. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

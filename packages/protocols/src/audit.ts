import type { PermissionRequest, Principal } from "@hotkeep/core";
import type { SessionFacts, SigningName } from "./operation.js";

/** What one call came to, for a trail: who asked for what, from where, and the outcome. Never a secret. */
export interface AuditRecord {
  readonly requestId: string;
  /** Milliseconds since the epoch when the call arrived. */
  readonly time: number;
  readonly durationMs: number;
  /** Undefined when the request did not say. */
  readonly service: SigningName | undefined;
  readonly operation: string | undefined;
  /** Undefined when the caller was not authenticated. */
  readonly principal: Principal | undefined;
  readonly accessKeyId: string | undefined;
  /** Of temporary credentials. */
  readonly session?: SessionFacts | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly sourceIp: string | undefined;
  readonly userAgent: string | undefined;
  /** The header of W3C Trace Context, as it came. */
  readonly traceparent?: string | undefined;
  /** What the operation needed; empty when it did not get that far. */
  readonly permissions: readonly PermissionRequest[];
  /** HTTP status; 200 or the error's own for local calls. */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /**
   * The operation's input in plain JSON values with member names in lower camel case, made when it is called: without
   * secrets, bytes and items. Undefined when the call did not get that far. For use while the record is handed over.
   */
  readonly tellInput?: (() => Readonly<Record<string, unknown>> | undefined) | undefined;
  /** The same for the answer of a call that succeeded. */
  readonly tellOutput?: (() => Readonly<Record<string, unknown>> | undefined) | undefined;
}

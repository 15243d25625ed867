import type { AwsError } from "@hotkeep/core";
import type { Headers } from "../http/headers.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import type { Failure } from "../validation/report.js";

/** A request as far as its protocol can read it without the operation's model. */
export interface Incoming {
  readonly operation: string;
  /** @throws AwsError when the body does not fit the operation's input. */
  readInput(): unknown;
}

/** One service's protocol: everything between bytes and typed values. */
export interface Wire {
  /** Longest body accepted. */
  readonly bodyBytesMax: number;
  /** How far the client's clock may be off. */
  readonly clockSkewMs: number;
  /** @throws AwsError when the request names no operation of the service's model. */
  open(request: HttpRequest, headers: Headers): Incoming;
  /** Whether the model has the operation. */
  has(operation: string): boolean;
  /** Everything wrong with an input of the right types. */
  validate(operation: string, input: unknown): readonly Failure[];
  /**
   * Checks that an input which was never encoded has the model's types.
   *
   * @throws CommonAwsError `Serialization`
   */
  assertInput(operation: string, input: unknown): void;
  /** The error for a non-empty list of failures. */
  validationError(failures: readonly Failure[]): AwsError;
  unknownOperation(operation: string): AwsError;
  writeOutput(operation: string, output: unknown, requestId: string): HttpResponse;
  writeError(error: AwsError, requestId: string): HttpResponse;
  /** What a local caller gets for a handler's output: typed values, never encoded ones. */
  localOutput(operation: string, output: unknown): unknown;
}

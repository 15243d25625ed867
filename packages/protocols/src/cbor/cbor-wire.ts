import { type AwsError, CommonAwsError } from "@hotkeep/core";
import type { Headers } from "../http/headers.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import { bodyBytesMax, clockSkewJsonMs } from "../limits.js";
import { assertTypes } from "../model/assert-types.js";
import { errorTable, type ServiceTables } from "../model/tables.js";
import { spellingFor } from "../routing/common-errors.js";
import { queryErrorHeader } from "../routing/query-error-header.js";
import type { Incoming, Wire } from "../routing/wire.js";
import { validationError } from "../validation/messages.js";
import type { Failure } from "../validation/report.js";
import { compileValidators, type Validator } from "../validation/validator.js";
import { parseCborBody, printCborBody } from "./cbor-body.js";
import { type CborReader, compileCborReaders } from "./cbor-reader.js";
import { type CborWriter, compileCborWriters } from "./cbor-writer.js";

/** The value of the header `smithy-protocol`, on both ways (documented). */
export const rpcV2Cbor = "rpc-v2-cbor";

/** Smithy's RPC v2 protocol with CBOR bodies: what the AWS CLI speaks to CloudWatch. */
export class CborWire implements Wire {
  readonly bodyBytesMax = bodyBytesMax;
  readonly clockSkewMs = clockSkewJsonMs;
  readonly #tables: ServiceTables;
  readonly #path: RegExp;
  readonly #readers: (index: number) => CborReader;
  readonly #writers: (index: number) => CborWriter;
  readonly #validators: (index: number) => Validator;

  constructor(tables: ServiceTables) {
    this.#tables = tables;
    this.#path = new RegExp(`^/service/${tables.target}/operation/([A-Za-z0-9]+)$`);
    this.#readers = compileCborReaders(tables);
    this.#writers = compileCborWriters(tables);
    this.#validators = compileValidators(tables);
  }

  open(request: HttpRequest, headers: Headers): Incoming {
    const operation = this.#path.exec(request.url)?.[1] ?? "";
    if (request.method !== "POST" || !this.has(operation)) throw this.unknownOperation(operation);
    const contentType = headers.get("content-type");
    if (contentType !== undefined && contentType !== "application/cbor") {
      throw new CommonAwsError("Serialization", "The content type must be application/cbor");
    }
    const { input } = this.#tables.operations[operation]!;
    return {
      operation,
      readInput: () => (input === undefined ? {} : this.#readers(input)(parseCborBody(request.body))),
    };
  }

  has(operation: string): boolean {
    return Object.hasOwn(this.#tables.operations, operation);
  }

  validate(operation: string, input: unknown): readonly Failure[] {
    const shape = this.#tables.operations[operation]!.input;
    return shape === undefined ? [] : this.#validators(shape)(input);
  }

  assertInput(operation: string, input: unknown): void {
    const shape = this.#tables.operations[operation]!.input;
    if (shape !== undefined) assertTypes(this.#tables, shape, input, "");
  }

  validationError(failures: readonly Failure[]): AwsError {
    return validationError(this.#tables, failures);
  }

  unknownOperation(_operation: string): AwsError {
    return new CommonAwsError("UnknownOperation", "The requested operation is not recognized by the service.");
  }

  writeOutput(operation: string, output: unknown, requestId: string): HttpResponse {
    const shape = this.#tables.operations[operation]!.output;
    return this.#response(200, shape === undefined ? {} : this.#writers(shape)(output), requestId, {});
  }

  localOutput(_operation: string, output: unknown): unknown {
    return output;
  }

  writeError(error: AwsError, requestId: string): HttpResponse {
    const common = error instanceof CommonAwsError ? spellingFor(this.#tables, error.kind) : undefined;
    const modelled = common === undefined ? errorTable(this.#tables, error.code) : undefined;
    const shape = modelled?.shape === undefined ? undefined : this.#tables.shapes[modelled.shape];
    const message =
      (shape?.kind === "struct" && shape.members.find(({ name }) => /^message$/i.test(name))?.name) || "message";
    const details = modelled?.shape === undefined ? {} : (this.#writers(modelled.shape)(error.members) as object);
    const { namespace } = this.#tables;
    const code = common?.code ?? error.code;
    const body = {
      __type: namespace === undefined ? code : `${namespace}#${code}`,
      ...details,
      [message]: error.message,
    };
    const status = common?.status ?? modelled?.status ?? error.status;
    return this.#response(status, body, requestId, queryErrorHeader(this.#tables, error));
  }

  #response(status: number, value: unknown, requestId: string, more: Readonly<Record<string, string>>): HttpResponse {
    return {
      status,
      headers: {
        "content-type": "application/cbor",
        "smithy-protocol": rpcV2Cbor,
        "x-amzn-requestid": requestId,
        ...more,
      },
      body: printCborBody(value),
    };
  }
}

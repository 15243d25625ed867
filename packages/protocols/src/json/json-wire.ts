import { crc32 } from "node:zlib";
import { type AwsError, CommonAwsError } from "@hotkeep/core";
import type { Headers } from "../http/headers.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import { bodyBytesMax, clockSkewJsonMs, dynamoDbBodyBytesMax } from "../limits.js";
import { assertTypes } from "../model/assert-types.js";
import { errorTable, type ServiceTables } from "../model/tables.js";
import { spellingFor } from "../routing/common-errors.js";
import { queryErrorHeader } from "../routing/query-error-header.js";
import type { Incoming, Wire } from "../routing/wire.js";
import { validationError } from "../validation/messages.js";
import type { Failure } from "../validation/report.js";
import { compileValidators, type Validator } from "../validation/validator.js";
import { plainBody } from "./body-encoding.js";
import { parseJsonBody } from "./json-body.js";
import { compileJsonReaders, type JsonReader, serializationError } from "./json-reader.js";
import { compileJsonWriters, type JsonWriter } from "./json-writer.js";
import { RawJson } from "./raw-json.js";

interface Codec {
  readonly read: JsonReader;
  readonly validate: Validator;
  readonly write: JsonWriter;
  readonly readOutput: JsonReader;
}

/** AWS JSON 1.0 and 1.1. */
export class JsonWire implements Wire {
  readonly bodyBytesMax: number;
  readonly clockSkewMs = clockSkewJsonMs;
  readonly #tables: ServiceTables;
  /** Operations by what X-Amz-Target says. */
  readonly #targets: ReadonlyMap<string, string>;
  readonly #contentType: string;
  /** How the headers of an answer begin. */
  readonly #linesToRequestId: string;
  readonly #isDynamoDb: boolean;
  readonly #codecs = new Map<string, Codec>();
  readonly #readers: (index: number) => JsonReader;
  readonly #writers: (index: number) => JsonWriter;
  readonly #validators: (index: number) => Validator;

  constructor(tables: ServiceTables) {
    this.#tables = tables;
    this.#targets = new Map(Object.keys(tables.operations).map((name) => [`${tables.target}.${name}`, name]));
    this.#contentType = `application/x-amz-json-${tables.jsonVersion}`;
    this.#linesToRequestId = `content-type: ${this.#contentType}\r\nx-amzn-requestid: `;
    this.#isDynamoDb = tables.service === "dynamodb" || tables.service === "dynamodbstreams";
    this.bodyBytesMax = this.#isDynamoDb ? dynamoDbBodyBytesMax : bodyBytesMax;
    this.#readers = compileJsonReaders(tables);
    this.#writers = compileJsonWriters(tables);
    this.#validators = compileValidators(tables);
  }

  open(request: HttpRequest, headers: Headers): Incoming {
    const operation = this.#targets.get(headers.get("x-amz-target") ?? "");
    if (request.method !== "POST" || operation === undefined) throw this.unknownOperation();
    const contentType = headers.get("content-type");
    const isUsual = contentType === undefined || contentType === this.#contentType;
    if (!isUsual && !/^application\/(x-amz-json-1\.[01]|json)\s*(;|$)/i.test(contentType)) {
      throw serializationError(`The content type must be ${this.#contentType}`);
    }
    const encoding = headers.get("content-encoding");
    const body = encoding === undefined ? request.body : plainBody(request.body, encoding, this.bodyBytesMax);
    return { operation, readInput: () => this.#codec(operation).read(parseJsonBody(body)) };
  }

  has(operation: string): boolean {
    return Object.hasOwn(this.#tables.operations, operation);
  }

  validate(operation: string, input: unknown): readonly Failure[] {
    return this.#codec(operation).validate(input);
  }

  assertInput(operation: string, input: unknown): void {
    const shape = this.#tables.operations[operation]!.input;
    if (shape !== undefined) assertTypes(this.#tables, shape, input, "");
  }

  validationError(failures: readonly Failure[]): AwsError {
    return validationError(this.#tables, failures);
  }

  unknownOperation(_operation?: string): AwsError {
    return new CommonAwsError("UnknownOperation", "The requested operation is not recognized by the service.");
  }

  writeOutput(operation: string, output: unknown, requestId: string): HttpResponse {
    const raw = output instanceof RawJson ? output : new RawJson(this.#codec(operation).write(output));
    if (!this.#isDynamoDb) return this.#response(200, raw.body, requestId);
    const crc32 = String(raw.crc32);
    return {
      status: 200,
      headers: { "content-type": this.#contentType, "x-amzn-requestid": requestId, "x-amz-crc32": crc32 },
      headerLines: `${this.#linesToRequestId}${requestId}\r\nx-amz-crc32: ${crc32}\r\n`,
      body: raw.bytes,
    };
  }

  localOutput(operation: string, output: unknown): unknown {
    if (!(output instanceof RawJson)) return output;
    return this.#codec(operation).readOutput(JSON.parse(output.bytes.toString()));
  }

  writeError(error: AwsError, requestId: string): HttpResponse {
    if (error instanceof CommonAwsError) return this.#writeCommonError(error, requestId);
    const modelled = errorTable(this.#tables, error.code);
    const shape = modelled?.shape === undefined ? undefined : this.#tables.shapes[modelled.shape];
    const messageMember =
      (shape?.kind === "struct" && shape.members.find(({ name }) => /^message$/i.test(name))?.name) || "message";
    const fields =
      modelled?.shape === undefined
        ? `"${messageMember}":${JSON.stringify(error.message)}`
        : this.#writers(modelled.shape)({ ...error.members, [messageMember]: error.message }).slice(1, -1);
    return this.#response(
      modelled?.status ?? error.status,
      `{"__type":${this.#typeOf(error.code)},${fields}}`,
      requestId,
      queryErrorHeader(this.#tables, error),
    );
  }

  #writeCommonError(error: CommonAwsError, requestId: string): HttpResponse {
    const { code, status } = spellingFor(this.#tables, error.kind);
    // Observed: these two spell the member with a capital.
    const member = error.kind === "AccessDenied" || error.kind === "Serialization" ? "Message" : "message";
    const body = `{"__type":${this.#typeOf(code)},"${member}":${JSON.stringify(error.message)}}`;
    return this.#response(status, body, requestId, queryErrorHeader(this.#tables, error));
  }

  /** DynamoDB says which of its parts speaks (observed); DAX gives the bare name. */
  #typeOf(code: string): string {
    if (!this.#isDynamoDb) return JSON.stringify(code);
    if (errorTable(this.#tables, code) !== undefined) return JSON.stringify(`com.amazonaws.dynamodb.v20120810#${code}`);
    if (code === "ValidationException") return JSON.stringify(`com.amazon.coral.validate#${code}`);
    return JSON.stringify(`com.amazon.coral.service#${code}`);
  }

  #response(
    status: number,
    body: string | Buffer,
    requestId: string,
    more?: Readonly<Record<string, string>>,
  ): HttpResponse {
    if (!this.#isDynamoDb) {
      return { status, headers: { "content-type": this.#contentType, "x-amzn-requestid": requestId, ...more }, body };
    }
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    return {
      status,
      headers: {
        "content-type": this.#contentType,
        "x-amzn-requestid": requestId,
        "x-amz-crc32": String(crc32(bytes)),
      },
      body: bytes,
    };
  }

  #codec(operation: string): Codec {
    let codec = this.#codecs.get(operation);
    if (codec === undefined) {
      const { input, output } = this.#tables.operations[operation]!;
      codec = {
        read: input === undefined ? () => ({}) : this.#readers(input),
        validate: input === undefined ? () => [] : this.#validators(input),
        write: output === undefined ? () => "{}" : this.#writers(output),
        readOutput: output === undefined ? () => ({}) : this.#readers(output),
      };
      this.#codecs.set(operation, codec);
    }
    return codec;
  }
}

import { AwsError, CommonAwsError } from "@hotkeep/core";
import { type Headers, queryOf, readUrlQuery } from "../http/headers.js";
import type { HttpRequest, HttpResponse } from "../http.js";
import { bodyBytesMax, clockSkewQueryMs } from "../limits.js";
import { assertTypes } from "../model/assert-types.js";
import { type ErrorTable, errorTable, type ServiceTables } from "../model/tables.js";
import { ec2Spellings, querySpellings } from "../routing/common-errors.js";
import type { Incoming, Wire } from "../routing/wire.js";
import { ec2ValidationError, validationError } from "../validation/messages.js";
import type { Failure } from "../validation/report.js";
import { compileValidators, type Validator } from "../validation/validator.js";
import { type FormNode, formTree, readForm } from "./form.js";
import { compileFormReaders, type FormReader, parameterName } from "./form-reader.js";
import { xmlText } from "./xml-text.js";
import { compileXmlWriters, element, type XmlWriter } from "./xml-writer.js";

interface Codec {
  readonly read: FormReader;
  readonly validate: Validator;
  /** Undefined for operations without output. */
  readonly write: XmlWriter | undefined;
  /** First parts of the parameters that EC2 takes. */
  readonly parameters: ReadonlySet<string>;
}

/** Parameters that belong to the protocol, not to an operation. */
const protocolParameter = /^(Action|Version|X-Amz-.*|AWSAccessKeyId|SignatureMethod|SignatureVersion|Timestamp)$/i;

const brokenCredentials = "AWS was not able to validate the provided access credentials";

/** What query and EC2 have in common: form parameters in, XML out. */
abstract class FormWire implements Wire {
  readonly bodyBytesMax = bodyBytesMax;
  readonly clockSkewMs = clockSkewQueryMs;
  protected readonly tables: ServiceTables;
  readonly #codecs = new Map<string, Codec>();
  readonly #readers: (index: number) => FormReader;
  readonly #writers: (index: number) => XmlWriter;
  readonly #validators: (index: number) => Validator;

  constructor(tables: ServiceTables) {
    this.tables = tables;
    this.#readers = compileFormReaders(tables);
    this.#writers = compileXmlWriters(tables);
    this.#validators = compileValidators(tables);
  }

  /** Parameters may stand in the URL, in a form body, or in both. */
  open(request: HttpRequest, _headers: Headers): Incoming {
    const inUrl = readUrlQuery(queryOf(request.url));
    const inBody = request.body.length === 0 ? [] : readForm(request.body.toString("utf8"));
    const tree = formTree(inUrl.length === 0 ? inBody : [...inUrl, ...inBody]);
    const operation = tree.children?.get("Action")?.value ?? "";
    if (operation === "") {
      throw new AwsError("MissingAction", "The request is missing an action or a required parameter.");
    }
    this.checkOperation(operation, tree.children?.get("Version")?.value);
    return { operation, readInput: () => this.readTree(operation, tree) };
  }

  protected abstract checkOperation(operation: string, version: string | undefined): void;

  protected readTree(operation: string, tree: FormNode): unknown {
    return this.codec(operation).read(tree, "");
  }

  has(operation: string): boolean {
    return Object.hasOwn(this.tables.operations, operation);
  }

  validate(operation: string, input: unknown): readonly Failure[] {
    return this.codec(operation).validate(input);
  }

  assertInput(operation: string, input: unknown): void {
    const shape = this.tables.operations[operation]!.input;
    if (shape !== undefined) assertTypes(this.tables, shape, input, "");
  }

  localOutput(_operation: string, output: unknown): unknown {
    return output;
  }

  abstract validationError(failures: readonly Failure[]): AwsError;
  abstract unknownOperation(operation: string): AwsError;
  abstract writeOutput(operation: string, output: unknown, requestId: string): HttpResponse;
  abstract writeError(error: AwsError, requestId: string): HttpResponse;

  protected codec(operation: string): Codec {
    let codec = this.#codecs.get(operation);
    if (codec === undefined) {
      const { input, output } = this.tables.operations[operation]!;
      const shape = input === undefined ? undefined : this.tables.shapes[input];
      const members = shape?.kind === "struct" ? shape.members : [];
      codec = {
        read: input === undefined ? () => ({}) : this.#readers(input),
        validate: input === undefined ? () => [] : this.#validators(input),
        write: output === undefined ? undefined : this.#writers(output),
        parameters: new Set(members.map((member) => parameterName(true, member))),
      };
      this.#codecs.set(operation, codec);
    }
    return codec;
  }
}

/** The query protocol of IAM and STS. */
export class QueryWire extends FormWire {
  readonly #byCode: ReadonlyMap<string, ErrorTable>;

  constructor(tables: ServiceTables) {
    super(tables);
    this.#byCode = new Map(Object.entries(tables.errors).map(([name, error]) => [error.code ?? name, error]));
  }

  protected override checkOperation(operation: string, version: string | undefined): void {
    if (version !== this.tables.version) throw invalidAction(operation, version ?? "NO_VERSION_SPECIFIED");
    if (!this.has(operation)) throw this.unknownOperation(operation);
  }

  override validationError(failures: readonly Failure[]): AwsError {
    return validationError(this.tables, failures);
  }

  override unknownOperation(operation: string): AwsError {
    return invalidAction(operation, this.tables.version);
  }

  override writeOutput(operation: string, output: unknown, requestId: string): HttpResponse {
    const { write } = this.codec(operation);
    const result = write === undefined ? "" : element(`${operation}Result`, write(output));
    const body = `<${operation}Response xmlns="${this.tables.xmlNamespace}">${result}<ResponseMetadata>${element("RequestId", requestId)}</ResponseMetadata></${operation}Response>\n`;
    return this.#response(200, body, requestId);
  }

  override writeError(error: AwsError, requestId: string): HttpResponse {
    const modelled = errorTable(this.tables, error.code) ?? this.#byCode.get(error.code);
    const { code, status } =
      error instanceof CommonAwsError
        ? querySpellings[error.kind]
        : { code: modelled?.code ?? error.code, status: modelled?.status ?? error.status };
    const details =
      element("Type", status >= 500 ? "Receiver" : "Sender") +
      element("Code", xmlText(code)) +
      element("Message", xmlText(error.message));
    const body = `<ErrorResponse xmlns="${this.tables.xmlNamespace}"><Error>${details}</Error>${element("RequestId", requestId)}</ErrorResponse>\n`;
    return this.#response(status, body, requestId);
  }

  #response(status: number, body: string, requestId: string): HttpResponse {
    return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
  }
}

/** EC2's own dialect. */
export class Ec2Wire extends FormWire {
  // Clients of EC2 send many versions; old ones are read like the newest.
  protected override checkOperation(operation: string): void {
    if (!this.has(operation)) throw this.unknownOperation(operation);
  }

  protected override readTree(operation: string, tree: FormNode): unknown {
    const { parameters } = this.codec(operation);
    for (const name of tree.children?.keys() ?? []) {
      if (parameters.has(name) || protocolParameter.test(name)) continue;
      throw new AwsError("UnknownParameter", `The parameter ${name} is not recognized`);
    }
    return super.readTree(operation, tree);
  }

  override validationError(failures: readonly Failure[]): AwsError {
    return ec2ValidationError(this.tables, failures);
  }

  override unknownOperation(operation: string): AwsError {
    return new CommonAwsError("UnknownOperation", `The action ${operation} is not valid for this web service.`);
  }

  override writeOutput(operation: string, output: unknown, requestId: string): HttpResponse {
    const { write } = this.codec(operation);
    // Operations without modelled output say that they succeeded all the same (documented).
    const result = write === undefined ? element("return", "true") : write(output);
    const body = `<${operation}Response xmlns="${this.tables.xmlNamespace}">${element("requestId", requestId)}${result}</${operation}Response>`;
    return this.#response(200, body, requestId);
  }

  override writeError(error: AwsError, requestId: string): HttpResponse {
    const common = error instanceof CommonAwsError;
    const { code, status } = common ? ec2Spellings[error.kind] : error;
    const message = common ? ec2Message(error) : error.message;
    const details = element("Code", xmlText(code)) + element("Message", xmlText(message));
    const body = `<Response><Errors><Error>${details}</Error></Errors>${element("RequestID", requestId)}</Response>`;
    return this.#response(status, body, requestId);
  }

  #response(status: number, body: string, requestId: string): HttpResponse {
    return {
      status,
      headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
    };
  }
}

/** EC2 tells nothing about keys and signatures, and opens a denial with a sentence of its own (observed). */
function ec2Message(error: CommonAwsError): string {
  if (error.kind === "UnknownKey" || error.kind === "BadSignature") return brokenCredentials;
  if (error.kind !== "AccessDenied") return error.message;
  const encoded = error.members.encodedMessage;
  const more = typeof encoded === "string" ? ` Encoded authorization failure message: ${encoded}` : "";
  return `You are not authorized to perform this operation. ${error.message}${more}`;
}

function invalidAction(operation: string, version: string): CommonAwsError {
  return new CommonAwsError("UnknownOperation", `Could not find operation ${operation} for version ${version}`);
}

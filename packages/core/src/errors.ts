/** Who has to act on an error. */
export type Fault = "client" | "server";

/**
 * An error that reaches an AWS client. `code` is the model's error shape name (`ResourceNotFoundException`,
 * `NoSuchEntityException`); the protocol layer turns it into the wire code and status that this service uses.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly fault: Fault;
  /** HTTP status when neither the service model nor the protocol gives one. */
  readonly status: number;
  /** Further modelled members of the error, e.g. `CancellationReasons` or `Item`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly fault?: Fault;
      readonly status?: number;
      readonly members?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AwsError";
    this.code = code;
    this.fault = options.fault ?? "client";
    this.status = options.status ?? (this.fault === "client" ? 400 : 500);
    this.members = options.members ?? {};
  }
}

/**
 * Errors that every service has but each protocol spells in its own way (`AccessDeniedException` for JSON,
 * `AccessDenied` for Query, `UnauthorizedOperation` for EC2). The protocol layer holds the table.
 */
export type CommonErrorKind =
  | "AccessDenied"
  | "UnknownKey"
  | "BadSignature"
  | "IncompleteSignature"
  | "MissingAuthentication"
  | "ExpiredToken"
  | "RequestExpired"
  | "Validation"
  | "MissingParameter"
  | "Serialization"
  | "UnknownOperation"
  | "Throttling"
  | "RequestTooLarge"
  | "ServiceUnavailable"
  | "Internal";

/** One of the {@link CommonErrorKind}s; thrown where the service is not known or does not matter. */
export class CommonAwsError extends AwsError {
  readonly kind: CommonErrorKind;

  constructor(
    kind: CommonErrorKind,
    message: string,
    options: { readonly members?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    const server = kind === "Internal" || kind === "ServiceUnavailable";
    super(kind, message, { ...options, fault: server ? "server" : "client" });
    this.name = "CommonAwsError";
    this.kind = kind;
  }
}

/**
 * An error inside Hotkeep that no AWS client causes: configuration, storage, a broken feed. `code` is stable; `help`
 * is the next step for the person who reads it.
 */
export class HotkeepError extends Error {
  readonly code: string;
  readonly help: string | undefined;

  constructor(code: string, message: string, options: { readonly help?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HotkeepError";
    this.code = code;
    this.help = options.help;
  }
}

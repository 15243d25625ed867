import type { PermissionRequest, Principal } from "@hotkeep/core";
import type { AnswerHold } from "./answer-hold.js";

/** The service names in signatures, and so in audit records. CloudWatch's is `monitoring`. */
export type SigningName = "iam" | "sts" | "ec2" | "dax" | "dynamodb" | "monitoring" | "hotkeep";

/** The services whose APIs are decoded and encoded here. DynamoDB's streams are signed for as DynamoDB. */
export type ServiceName = SigningName | "dynamodbstreams";

/** Facts of a temporary credential that condition keys ask for. */
export interface SessionFacts {
  /** Issue time, milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly multiFactorAuth?: boolean;
  readonly sourceIdentity?: string;
}

/** Everything about one verified call besides its input. */
export interface CallContext {
  readonly service: SigningName;
  readonly operation: string;
  readonly principal: Principal;
  readonly accessKeyId: string;
  readonly session?: SessionFacts;
  /** The account the call acts in: the principal's own. */
  readonly account: string;
  /** The Region of the credential scope; IAM and global STS calls are `us-east-1`. */
  readonly region: string;
  readonly requestId: string;
  /** Milliseconds since the epoch when the request was verified. */
  readonly now: number;
  readonly sourceIp?: string;
  readonly secureTransport: boolean;
  readonly userAgent?: string;
}

/** One operation: what the caller must be allowed to do, and what happens then. */
export interface Operation<Input, Output> {
  /**
   * The caller proves who it is by the input itself, so a request without any signature is taken, as `anonymous` and
   * without an access key id (documented for AssumeRoleWithWebIdentity). A request that carries a signature is verified
   * all the same. `handle` decides everything.
   */
  readonly unsigned?: boolean;
  /** All must be allowed, in order; the first denial is reported. Pure reading, no effects. */
  needs(input: Input, call: CallContext): readonly PermissionRequest[] | Promise<readonly PermissionRequest[]>;
  /** `hold`: for outcomes that are known before they are certain. Whoever calls it gives nothing away before that lets go. */
  handle(input: Input, call: CallContext, hold: AnswerHold): Output | Promise<Output>;
}

/** A service's operations: `{ CreateRole: { input, output } }`. */
export type OperationTypes = Record<string, { readonly input: unknown; readonly output: unknown }>;

/** A named operation, ready to be collected into {@link Handlers}. */
export interface NamedOperation {
  readonly name: string;
  // Inputs and outputs are checked where the operation is written; the router moves them without looking.
  readonly operation: Operation<never, unknown>;
}

/** What a service room hands to the router. What is not in it answers UnknownOperation. */
export interface ServiceHandlers {
  readonly service: ServiceName;
  readonly operations: readonly NamedOperation[];
}

/** Makes the `operation(name, { needs, handle })` of one service. */
export function operationsOf<Types extends OperationTypes>() {
  return <Name extends keyof Types & string>(
    name: Name,
    operation: Operation<Types[Name]["input"], Types[Name]["output"]>,
  ): NamedOperation => ({ name, operation: operation as Operation<never, unknown> });
}

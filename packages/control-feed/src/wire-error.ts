import { AwsError, CommonAwsError, type CommonErrorKind, type Fault, HotkeepError } from "@hotkeep/core";

/** An error on its way through the feed. The other end throws the same class with the same code and message. */
export interface WireError {
  readonly type: "aws" | "common" | "hotkeep";
  readonly code: string;
  readonly message: string;
  readonly fault?: Fault;
  readonly status?: number;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly help?: string;
}

/** The wire form of an error that is meant for the other end; undefined for a surprise, which stays at home. */
export function toWireError(error: unknown): WireError | undefined {
  if (error instanceof CommonAwsError) {
    return { type: "common", code: error.kind, message: error.message, members: error.members };
  }
  if (error instanceof AwsError) {
    const { code, message, fault, status, members } = error;
    return { type: "aws", code, message, fault, status, members };
  }
  if (error instanceof HotkeepError) {
    const { code, message, help } = error;
    return help === undefined ? { type: "hotkeep", code, message } : { type: "hotkeep", code, message, help };
  }
  return undefined;
}

/** The error that a wire form stands for. */
export function fromWireError(wire: WireError): Error {
  const members = wire.members ?? {};
  switch (wire.type) {
    case "common":
      return new CommonAwsError(wire.code as CommonErrorKind, wire.message, { members });
    case "aws":
      return new AwsError(wire.code, wire.message, {
        members,
        ...(wire.fault !== undefined && { fault: wire.fault }),
        ...(wire.status !== undefined && { status: wire.status }),
      });
    default:
      return new HotkeepError(wire.code, wire.message, wire.help === undefined ? {} : { help: wire.help });
  }
}

import type { ServiceName, SigningName } from "../operation.js";

/** How a service's requests and answers are written. */
export type ProtocolName = "query" | "ec2" | "json" | "cbor";

/** A member of a structure. */
export interface MemberTable {
  readonly name: string;
  /** Index into {@link ServiceTables.shapes}. */
  readonly shape: number;
  readonly required?: true;
  /** The element's name in XML, where it is not `name`. */
  readonly xml?: string;
  /** The parameter's name in EC2 requests, where it is not derived from `xml` or `name`. */
  readonly query?: string;
  /** The list or map stands without a wrapping element. */
  readonly flat?: true;
  /** An idempotency token: clients fill it in by themselves. */
  readonly token?: true;
}

/** A structure, or a union (which is a structure of which one member is set). */
export interface StructTable {
  readonly kind: "struct";
  readonly name: string;
  readonly members: readonly MemberTable[];
}

/** A list; `xml` is the name of its elements where it is not `member`. */
export interface ListTable {
  readonly kind: "list";
  readonly element: number;
  readonly xml?: string;
  readonly min?: number;
  readonly max?: number;
}

/** A map with string keys. */
export interface MapTable {
  readonly kind: "map";
  readonly key: number;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
}

/** Text; lengths count code points. */
export interface StringTable {
  readonly kind: "string";
  readonly min?: number;
  readonly max?: number;
  /** A Java regular expression that the whole text must match. */
  readonly pattern?: string;
  /** Text that matches this pattern is excused from `max` and `pattern`; messages do not mention it. */
  readonly excused?: string;
  readonly enum?: readonly string[];
  /** Never printed or logged. */
  readonly secret?: true;
}

/** A number. */
export interface NumberTable {
  readonly kind: "int" | "long" | "float" | "double";
  readonly min?: number;
  readonly max?: number;
}

/** Bytes; lengths count bytes. */
export interface BlobTable {
  readonly kind: "blob";
  readonly min?: number;
  readonly max?: number;
  readonly secret?: true;
}

/** The scalars without constraints, and `opaque`: left as parsed JSON. */
export type PlainTable = { readonly kind: "bool" } | { readonly kind: "time" } | { readonly kind: "opaque" };

/** One shape of a service's model. */
export type ShapeTable = StructTable | ListTable | MapTable | StringTable | NumberTable | BlobTable | PlainTable;

/** An error of the model: what it is called on the wire where that is not its name, and its HTTP status. */
export interface ErrorTable {
  readonly code?: string;
  readonly status: number;
  readonly shape?: number;
}

/** Everything the engine knows about a service; generated, see tools/generate-models.mjs. */
export interface ServiceTables {
  readonly service: ServiceName;
  /** What its signatures are for, where that is not {@link service}. */
  readonly signing?: SigningName;
  readonly protocol: ProtocolName;
  /** What other clients of the service speak. */
  readonly otherProtocols?: readonly ProtocolName[];
  /** Of its shapes, where errors are named with it. */
  readonly namespace?: string;
  readonly version: string;
  readonly xmlNamespace?: string;
  /** The part of X-Amz-Target before the dot. */
  readonly target?: string;
  readonly jsonVersion?: string;
  readonly operations: Readonly<Record<string, { readonly input?: number; readonly output?: number }>>;
  readonly errors: Readonly<Record<string, ErrorTable>>;
  readonly shapes: readonly ShapeTable[];
}

/** What the model says about an error, by its shape's name. */
export function errorTable(tables: ServiceTables, name: string): ErrorTable | undefined {
  return Object.hasOwn(tables.errors, name) ? tables.errors[name] : undefined;
}

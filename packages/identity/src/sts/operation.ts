import { type NamedOperation, operationsOf, type StsOperations } from "@hotkeep/protocols";
import type { Realm } from "../realm.js";

/** `operation(name, { needs, handle })` with STS's own types. */
export const operation = operationsOf<StsOperations>();

/** A family of operations, given the realm they work in. */
export type OperationFamily = (realm: Realm) => readonly NamedOperation[];

import { type IamOperations, type NamedOperation, operationsOf } from "@hotkeep/protocols";
import type { Realm } from "../realm.js";

/** `operation(name, { needs, handle })` with IAM's own types. */
export const operation = operationsOf<IamOperations>();

/** A family of operations, given the realm they work in. */
export type OperationFamily = (realm: Realm) => readonly NamedOperation[];

import { parseArn } from "@hotkeep/core";
import type { CallContext, NamedOperation, Operation, ServiceHandlers } from "@hotkeep/protocols";
import type { Identity } from "../face.js";

type AnyOperation = Operation<unknown, unknown>;

/** Finds the identities that a call is about. */
export type AccountOf = (account: string) => Identity;

/** One account's operations by service and name. */
const byName = new WeakMap<Identity, ReadonlyMap<string, AnyOperation>>();

function operationOf(identity: Identity, service: string, name: string): AnyOperation {
  let operations = byName.get(identity);
  if (operations === undefined) {
    const pairs = identity.handlers.flatMap((handlers) =>
      handlers.operations.map(
        (one) => [`${handlers.service}/${one.name}`, one.operation as unknown as AnyOperation] as const,
      ),
    );
    operations = new Map(pairs);
    byName.set(identity, operations);
  }
  // Every account has the same operations.
  return operations.get(`${service}/${name}`)!;
}

/**
 * Operations that act in the account of the call. A request without signature has none: it is about the account of the
 * role that it asks for.
 */
export function dispatching(home: Identity, accountOf: AccountOf): readonly ServiceHandlers[] {
  return home.handlers.map(({ service, operations }) => ({
    service,
    operations: operations.map(({ name, operation }): NamedOperation => {
      const { unsigned } = operation as unknown as AnyOperation;
      const chosen = (input: unknown, call: CallContext): AnyOperation => {
        const account = unsigned === true ? roleAccount(input) : call.account;
        return operationOf(account === undefined ? home : accountOf(account), service, name);
      };
      const dispatched: AnyOperation = {
        ...(unsigned !== undefined && { unsigned }),
        needs: (input, call) => chosen(input, call).needs(input, call),
        handle: (input, call, hold) => chosen(input, call).handle(input, call, hold),
      };
      return { name, operation: dispatched as unknown as NamedOperation["operation"] };
    }),
  }));
}

function roleAccount(input: unknown): string | undefined {
  const { RoleArn } = input as { readonly RoleArn?: string };
  return RoleArn === undefined ? undefined : parseArn(RoleArn)?.account;
}

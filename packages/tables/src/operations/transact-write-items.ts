import { createHash } from "node:crypto";
import { itemSizeBytes } from "@hotkeep/attributes";
import { AwsError, permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { forEachAction } from "../items/cancellation.js";
import { describeCollection } from "../items/collection-metrics.js";
import { readItemRow } from "../items/item-rows.js";
import { carryOut, decideWrite, type PreparedWrite, prepareWrite } from "../items/write-item.js";
import { Capacities, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { JsonBody } from "../request/json-body.js";
import { readDelete, readPut, readUpdate, type WriteAction, writePermissions } from "../request/write-action.js";
import { findToken, type RequestToken, rememberToken } from "../storage/tokens.js";
import { type InputOf, operation } from "./operation.js";

type Input = InputOf<"TransactWriteItems">;

/** A transaction as a request describes it. */
interface TransactionRequest {
  readonly actions: readonly WriteAction[];
  /** Each action's ReturnValuesOnConditionCheckFailure, for the condition key. */
  readonly returnValues: readonly string[];
}

function read(engine: Engine, input: Input, call: CallContext): TransactionRequest {
  const returnValues: string[] = [];
  const actions = input.TransactItems.map((element) => {
    const { Put: put, Update: update, Delete: remove, ConditionCheck: check } = element;
    const given = [put, update, remove, check].filter((one) => one !== undefined);
    if (given.length === 0) {
      throw invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    }
    if (given.length > 1) {
      throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    returnValues.push(given[0]!.ReturnValuesOnConditionCheckFailure ?? "NONE");
    if (put !== undefined) return readPut(put, call);
    if (update !== undefined) return readUpdate(update, call);
    if (remove !== undefined) return readDelete("delete", remove, call);
    return readDelete("check", check!, call);
  });
  const bytes = actions.reduce((sum, one) => sum + (one.kind === "put" ? one.sizeBytes : itemSizeBytes(one.item)), 0);
  if (bytes > engine.limits.transactionBytesMax) {
    throw invalid(`Transaction payload size cannot exceed ${engine.limits.transactionBytesMax} bytes`);
  }
  return { actions, returnValues };
}

/** TransactWriteItems: up to 100 writes and checks, all of them or none. */
export function transactWriteItems(engine: Engine): NamedOperation {
  const compile = compiledOnce((input: Input, call) => read(engine, input, call));
  return operation("TransactWriteItems", {
    needs(input, call) {
      const { actions, returnValues } = compile.forNeeds(input, call);
      return actions.map((action, index) =>
        permission(
          writePermissions[action.kind],
          action.table.arn,
          itemContext({
            leadingKeys: leadingKeys(engine.schemaOf(action.table), [action.item]),
            attributes: action.names.list(),
            returnValues: returnValues[index],
            returnConsumedCapacity: input.ReturnConsumedCapacity,
            enclosingOperation: "TransactWriteItems",
          }),
        ),
      );
    },
    async handle(input, call, hold) {
      const { actions } = compile.forHandle(input, call);
      const tables = actions.map(({ table }) => engine.itemTable(table));
      const writes = forEachAction(actions, (action, index) => prepareWrite(action, tables[index]!));
      checkDistinct(writes);
      const token = requestToken(input, call);
      const capacities = await engine.storage.transact((transaction) => {
        if (token !== undefined && isRepeated(engine, token, call.now)) return repeated(engine, writes);
        const outcomes = forEachAction(writes, (write) => decideWrite(engine, write));
        const used = new Capacities("write");
        writes.forEach((write, index) => {
          const capacity = used.of(write.table, write.action.table.given);
          carryOut(engine, transaction, write, outcomes[index]!, capacity);
        });
        if (token !== undefined) {
          const expiresAt = call.now + engine.limits.transactionTokenMs;
          rememberToken(engine.storage, transaction, token, token.digest, call.now, expiresAt);
        }
        return used;
      }, hold);
      return new JsonBody()
        .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
        .member("ItemCollectionMetrics", collectionMetrics(engine, writes, input))
        .done();
    },
  });
}

/** @throws AwsError `ValidationException` when two writes are about one item. */
export function checkDistinct(writes: readonly PreparedWrite[]): void {
  if (new Set(writes.map(({ rowKey }) => rowKey.toString("latin1"))).size < writes.length) {
    throw invalid("Transaction request cannot include multiple operations on one item");
  }
}

/** A token with a digest of everything else in the request. */
function requestToken(input: Input, call: CallContext): (RequestToken & { readonly digest: Buffer }) | undefined {
  const { ClientRequestToken: token, ...rest } = input;
  if (token === undefined) return undefined;
  const digest = createHash("sha256").update(JSON.stringify(rest)).digest();
  return { account: call.account, region: call.region, token, digest };
}

/** @throws AwsError `IdempotentParameterMismatchException` when a token was used for something else. */
export function isRepeated(engine: Engine, token: RequestToken & { readonly digest: Buffer }, now: number): boolean {
  const known = findToken(engine.storage, token, now);
  if (known === undefined) return false;
  if (known.equals(token.digest)) return true;
  throw new AwsError(
    "IdempotentParameterMismatchException",
    "The request uses the same client token as a previous, but non-identical request.",
  );
}

/** A repeated request writes nothing and is charged for reading the items (documented). */
export function repeated(engine: Engine, writes: readonly PreparedWrite[]): Capacities {
  const used = new Capacities("read");
  for (const { table, action, rowKey } of writes) {
    const stored = readItemRow(engine.storage, rowKey);
    used.of(table, action.table.given).add(readUnits(stored?.sizeBytes ?? 0, true));
  }
  return used;
}

function collectionMetrics(engine: Engine, writes: readonly PreparedWrite[], input: Input) {
  if (input.ReturnItemCollectionMetrics !== "SIZE") return undefined;
  const metrics: Record<string, unknown[]> = Object.create(null);
  for (const { table, action, key } of writes) {
    const described = describeCollection(engine.storage, table, key);
    if (described === undefined) continue;
    metrics[action.table.given] ??= [];
    metrics[action.table.given]!.push(described);
  }
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}

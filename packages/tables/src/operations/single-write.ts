import { type Item, updatedAttributes } from "@hotkeep/attributes";
import { type PermissionRequest, permission } from "@hotkeep/core";
import type { AnswerHold, RawJson } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { describeCollection } from "../items/collection-metrics.js";
import { carryOut, decideWrite, prepareWrite, type WriteOutcome } from "../items/write-item.js";
import { Capacity, type CapacityDetail } from "../request/capacity.js";
import { itemContext, leadingKeys } from "../request/condition-keys.js";
import { JsonBody } from "../request/json-body.js";
import { type WriteAction, writePermissions } from "../request/write-action.js";

/** Members of PutItem, UpdateItem and DeleteItem that say what to answer. */
export interface WriteAnswerParameters {
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
}

/** @throws AwsError `ValidationException` unless the parameter is absent, NONE or ALL_OLD. */
export function checkOldValuesOnly(input: WriteAnswerParameters): void {
  const { ReturnValues: values = "NONE" } = input;
  if (values !== "NONE" && values !== "ALL_OLD") throw invalid("ReturnValues can only be ALL_OLD or NONE");
}

/** The permission of a single write. */
export function writeNeeds(
  engine: Engine,
  action: WriteAction,
  input: WriteAnswerParameters,
): readonly PermissionRequest[] {
  const context = itemContext({
    leadingKeys: leadingKeys(engine.schemaOf(action.table), [action.item]),
    attributes: action.names.list(),
    returnValues: input.ReturnValues ?? "NONE",
    returnConsumedCapacity: input.ReturnConsumedCapacity,
  });
  return [permission(writePermissions[action.kind], action.table.arn, context)];
}

/** Carries out a single write in a transaction of its own; its answer is made there, and held until it is on disk. */
export function answerWrite(
  engine: Engine,
  action: WriteAction,
  input: WriteAnswerParameters,
  hold: AnswerHold,
): Promise<RawJson> {
  const table = engine.itemTable(action.table);
  const write = prepareWrite(action, table);
  return engine.storage.transact((transaction) => {
    const outcome = decideWrite(engine, write);
    const capacity = new Capacity(action.table.given);
    carryOut(engine, transaction, write, outcome, capacity);
    return new JsonBody()
      .spliced("Attributes", returnedAttributes(outcome, input.ReturnValues ?? "NONE"))
      .member("ConsumedCapacity", capacity.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
      .member(
        "ItemCollectionMetrics",
        input.ReturnItemCollectionMetrics === "SIZE"
          ? describeCollection(engine.storage, table, write.key, growthOf(outcome))
          : undefined,
      )
      .done();
  }, hold);
}

/** Bytes that the write adds to its collection. */
function growthOf({ before, after }: WriteOutcome): number {
  return (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0);
}

function returnedAttributes(outcome: WriteOutcome, values: string): Buffer | string | undefined {
  switch (values) {
    case "ALL_OLD":
      return outcome.before?.json;
    case "ALL_NEW":
      return text(outcome.after?.item);
    case "UPDATED_OLD":
      return text(updatedAttributes(outcome.before?.item, outcome.touched));
    case "UPDATED_NEW":
      return text(updatedAttributes(outcome.after?.item, outcome.touched));
    default:
      return undefined;
  }
}

function text(item: Item | undefined): string | undefined {
  return item === undefined ? undefined : JSON.stringify(item);
}

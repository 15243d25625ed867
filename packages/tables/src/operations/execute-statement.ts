import { type Item, type SelectStatement, updatedAttributes } from "@hotkeep/attributes";
import type { AnswerHold, CallContext, NamedOperation, RawJson } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { carryOut, decideWrite, prepareWrite, type WriteOutcome } from "../items/write-item.js";
import { Capacity, type CapacityDetail } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { JsonBody } from "../request/json-body.js";
import type { WriteAction } from "../request/write-action.js";
import { type InputOf, operation } from "./operation.js";
import { runSelect } from "./select-statement.js";
import { type BoundStatement, bindStatement, readStatementParameters } from "./statement.js";
import { statementNeeds } from "./statement-needs.js";
import { readNextToken, writeNextToken } from "./statement-token.js";
import {
  checkInsertedKey,
  isWriteStatement,
  statementError,
  type WriteStatement,
  writeActionOf,
} from "./write-statement.js";

type Input = InputOf<"ExecuteStatement">;

function read(input: Input, call: CallContext): BoundStatement {
  return bindStatement(input.Statement, readStatementParameters(input), call);
}

/** ExecuteStatement: one PartiQL statement; a SELECT page by page. */
export function executeStatement(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("ExecuteStatement", {
    needs(input, call) {
      const surroundings = { returnConsumedCapacity: input.ReturnConsumedCapacity };
      return [statementNeeds(engine, compile.forNeeds(input, call), surroundings)];
    },
    handle(input, call, hold) {
      const bound = compile.forHandle(input, call);
      if (isWriteStatement(bound)) return answerWriteStatement(engine, bound, input, hold);
      const { statement, table } = bound;
      if (statement.kind !== "select") throw existsMisplaced();
      return answerSelect(engine, { statement: statement as SelectStatement, table }, input);
    },
  });
}

/** EXISTS stands only among the writes of a transaction (documented). */
export function existsMisplaced() {
  return invalid("EXISTS can only be used in ExecuteTransaction write requests.");
}

function answerSelect(engine: Engine, bound: BoundStatement<SelectStatement>, input: Input): RawJson {
  const { items, next, capacity } = runSelect(engine, bound, {
    consistent: input.ConsistentRead === true,
    itemsMax: input.Limit,
    from: input.NextToken === undefined ? undefined : readNextToken(input.NextToken, input),
  });
  return new JsonBody()
    .list("Items", items)
    .member("NextToken", next && writeNextToken(next, input))
    .member("LastEvaluatedKey", next?.place)
    .member("ConsumedCapacity", capacity.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
    .done();
}

async function answerWriteStatement(
  engine: Engine,
  bound: BoundStatement<WriteStatement>,
  input: Input,
  hold: AnswerHold,
): Promise<RawJson> {
  const capacity = new Capacity(bound.table.given);
  const showOnFailure = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const action = writeOf(engine, bound, showOnFailure);
  const returned = await runWrite(engine, bound, action, () => capacity, hold);
  return new JsonBody()
    .list("Items", returned === undefined ? [] : [returned])
    .member("ConsumedCapacity", capacity.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
    .done();
}

/** INSERT, UPDATE or DELETE as a write. @throws AwsError when the statement does not fit its table */
export function writeOf(engine: Engine, bound: BoundStatement<WriteStatement>, showOnFailure: boolean): WriteAction {
  const { key } = engine.itemTable(bound.table);
  checkInsertedKey(bound, key);
  return writeActionOf(bound, key, showOnFailure);
}

/**
 * Carries a statement's write out in a transaction of its own; the JSON text of what RETURNING asks for: when it is on
 * disk, or, with `hold`, to be held until then.
 */
export async function runWrite(
  engine: Engine,
  bound: BoundStatement<WriteStatement>,
  action: WriteAction,
  capacity: () => Capacity,
  hold?: AnswerHold,
): Promise<Buffer | string | undefined> {
  const write = prepareWrite(action, engine.itemTable(bound.table));
  try {
    const outcome = await engine.storage.transact((transaction) => {
      const decided = decideWrite(engine, write);
      carryOut(engine, transaction, write, decided, capacity());
      return decided;
    }, hold);
    return returnedItem(bound.statement, outcome);
  } catch (error) {
    throw statementError(error, bound);
  }
}

function returnedItem(statement: WriteStatement, { before, after, touched }: WriteOutcome) {
  switch (statement.kind === "insert" ? undefined : statement.returning) {
    case "ALL OLD":
      return before?.json;
    case "ALL NEW":
      return text(after?.item);
    case "MODIFIED OLD":
      return text(updatedAttributes(before?.item, touched));
    case "MODIFIED NEW":
      return text(updatedAttributes(after?.item, touched));
    default:
      return undefined;
  }
}

function text(item: Item | undefined): string | undefined {
  return item === undefined ? undefined : JSON.stringify(item);
}

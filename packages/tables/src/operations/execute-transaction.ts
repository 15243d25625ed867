import { createHash } from "node:crypto";
import { itemSizeBytes, projectFromItem, type SelectStatement } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { AnswerHold, CallContext, NamedOperation, RawJson } from "@hotkeep/protocols";
import type { Table } from "../catalog/table.js";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { cancelledBy } from "../items/cancellation.js";
import { readItemRow } from "../items/item-rows.js";
import { itemKey } from "../items/row-keys.js";
import { carryOut, decideWrite, prepareWrite } from "../items/write-item.js";
import { Capacities, type CapacityDetail, readUnits } from "../request/capacity.js";
import { compiledOnce } from "../request/compiled.js";
import { JsonBody } from "../request/json-body.js";
import type { WriteAction } from "../request/write-action.js";
import { rememberToken } from "../storage/tokens.js";
import { cancelUnlessAll, checkForm, tablesOf } from "./execute-transaction-checks.js";
import { keyFitsOrMismatch, type TransactedStatement, transactedAction } from "./execute-transaction-items.js";
import { type InputOf, operation } from "./operation.js";
import { selectedKey } from "./select-statement-key.js";
import { type BoundStatement, bindStatement, isRead, readStatementParameters } from "./statement.js";
import { statementNeeds } from "./statement-needs.js";
import { checkDistinct, isRepeated, repeated } from "./transact-write-items.js";
import { statementError } from "./write-statement.js";

type Input = InputOf<"ExecuteTransaction">;

function read(input: Input, call: CallContext): readonly BoundStatement[] {
  const parameters = input.TransactStatements.map(readStatementParameters);
  const bound = input.TransactStatements.map(({ Statement }, index) =>
    withPosition(index, () => bindStatement(Statement, parameters[index]!, call)),
  );
  if (bound.some(isRead) && !bound.every(isRead)) {
    throw invalid("ExecuteTransaction API does not support both read and write operations in the same request.");
  }
  return bound;
}

/** Says which statement a complaint is about. */
function withPosition<Result>(index: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ValidationException") throw error;
    throw invalid(`Validation failed in TransactStatements[${index}]: ${error.message}`);
  }
}

/** ExecuteTransaction: up to 100 reads, or up to 100 writes and checks, all of them or none. */
export function executeTransaction(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("ExecuteTransaction", {
    needs(input, call) {
      const surroundings = {
        returnConsumedCapacity: input.ReturnConsumedCapacity,
        enclosingOperation: "ExecuteTransaction" as const,
      };
      return compile.forNeeds(input, call).map((bound) => statementNeeds(engine, bound, surroundings));
    },
    handle(input, call, hold) {
      const statements = compile.forHandle(input, call);
      const found = tablesOf(engine, statements);
      statements.forEach((bound, index) => {
        const table = found[index];
        if (table !== undefined) withPosition(index, () => checkForm(bound, table));
      });
      const tables = cancelUnlessAll(found, (table) => {
        if (table === undefined) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
        return table;
      });
      return statements.every(isRead)
        ? answerReads(engine, statements as readonly BoundStatement<SelectStatement>[], tables, input)
        : answerWrites(engine, statements as readonly BoundStatement<TransactedStatement>[], tables, input, call, hold);
    },
  });
}

function answerReads(
  engine: Engine,
  statements: readonly BoundStatement<SelectStatement>[],
  tables: readonly Table[],
  input: Input,
): RawJson {
  const rows = cancelUnlessAll(statements, ({ statement }, index) => {
    const table = tables[index]!;
    keyFitsOrMismatch(statement.where, table.key);
    return itemKey(table, selectedKey(statement, table, "ExecuteTransaction"));
  });
  if (new Set(rows.map((row) => row.toString("latin1"))).size < rows.length) {
    throw invalid("Transaction request cannot include multiple operations on one item");
  }
  const capacities = new Capacities("read");
  let bytes = 0;
  const responses = statements.map(({ statement, table }, index) => {
    const stored = readItemRow(engine.storage, rows[index]!);
    capacities.of(tables[index]!, table.given).add(readUnits(stored?.sizeBytes ?? 0, true));
    if (stored === undefined) return "{}";
    bytes += stored.sizeBytes;
    if (bytes > engine.limits.transactionBytesMax) {
      const Message = `The items of a transaction cannot exceed ${engine.limits.transactionBytesMax} bytes`;
      throw cancelledBy({ Code: "ValidationError", Message }, index, statements.length);
    }
    const { fields } = statement;
    return JSON.stringify({ Item: fields === undefined ? stored.item : projectFromItem(stored.item, fields) });
  });
  return answer(responses, capacities, input);
}

async function answerWrites(
  engine: Engine,
  statements: readonly BoundStatement<TransactedStatement>[],
  tables: readonly Table[],
  input: Input,
  call: CallContext,
  hold: AnswerHold,
): Promise<RawJson> {
  const showsOnFailure = (index: number) =>
    input.TransactStatements[index]!.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const writes = cancelUnlessAll(statements, (bound, index) => {
    const table = tables[index]!;
    return prepareWrite(transactedAction(bound, table.key, showsOnFailure(index)), table);
  });
  checkSize(
    engine,
    writes.map(({ action }) => action),
  );
  checkDistinct(writes);
  const token = requestToken(input, call);
  const capacities = await engine.storage.transact((transaction) => {
    if (token !== undefined && isRepeated(engine, token, call.now)) return repeated(engine, writes);
    const outcomes = cancelUnlessAll(writes, (write, index) => {
      try {
        return decideWrite(engine, write);
      } catch (error) {
        throw statementError(error, statements[index]!);
      }
    });
    const used = new Capacities("write");
    writes.forEach((write, index) => {
      carryOut(engine, transaction, write, outcomes[index]!, used.of(write.table, write.action.table.given));
    });
    if (token !== undefined) {
      const expiresAt = call.now + engine.limits.transactionTokenMs;
      rememberToken(engine.storage, transaction, token, token.digest, call.now, expiresAt);
    }
    return used;
  }, hold);
  return answer([], capacities, input);
}

function answer(responses: readonly string[], capacities: Capacities, input: Input): RawJson {
  return new JsonBody()
    .list("Responses", responses)
    .member("ConsumedCapacity", capacities.describe(input.ReturnConsumedCapacity as CapacityDetail | undefined))
    .done();
}

function checkSize(engine: Engine, actions: readonly WriteAction[]): void {
  const bytes = actions.reduce((sum, one) => sum + (one.kind === "put" ? one.sizeBytes : itemSizeBytes(one.item)), 0);
  if (bytes > engine.limits.transactionBytesMax) {
    throw invalid(`Transaction payload size cannot exceed ${engine.limits.transactionBytesMax} bytes`);
  }
}

/** A token with a digest of everything else in the request; tokens of other operations are other requests. */
function requestToken({ ClientRequestToken: token, ...rest }: Input, { account, region }: CallContext) {
  if (token === undefined) return undefined;
  const digest = createHash("sha256")
    .update(`ExecuteTransaction ${JSON.stringify(rest)}`)
    .digest();
  return { account, region, token, digest };
}

import {
  checkFilterKeys,
  fromFilter,
  fromKeyConditions,
  type KeySchema,
  keyConditionOf,
  keyRange,
} from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { checkKeyPaths } from "../items/key-paths.js";
import {
  answerPage,
  checkConsistency,
  checkFilterShown,
  checkShown,
  checkStartInCondition,
  checkStartPlace,
  openSource,
} from "../items/read-page.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext, leadingKeyOf, leadingKeyText } from "../request/condition-keys.js";
import { legacyLeadingKey, type PageRequest, readPageRequest } from "../request/page-request.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:Query";

function read(input: InputOf<"Query">, call: CallContext): PageRequest {
  return readPageRequest(input, call, {
    action,
    expressions: ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    legacy: ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
    legacyFilter: () => fromFilter(input.QueryFilter, input.ConditionalOperator, "QueryFilter"),
    legacyKeyNames: Object.keys(input.KeyConditions ?? {}),
    check() {
      if (input.KeyConditions === undefined && input.KeyConditionExpression === undefined) {
        throw invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
      }
    },
  });
}

/** Query: the items of one partition, in the order of their sort keys. */
export function query(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("Query", {
    needs(input, call) {
      const request = compile.forNeeds(input, call);
      const schema = engine.schemaOf(request.table, request.indexName);
      const leading = schema && leadingKeyText(leadingKey(input, request, schema));
      return [
        permission(
          action,
          request.indexName === undefined ? request.table.arn : `${request.table.arn}/index/${request.indexName}`,
          itemContext({
            leadingKeys: leading === undefined ? undefined : [leading],
            attributes: request.names.list(),
            select: request.select,
            returnConsumedCapacity: request.detail,
          }),
        ),
      ];
    },
    handle(input, call) {
      const request = compile.forHandle(input, call);
      const source = openSource(engine, request);
      checkKeyPaths(source.table, request.names.nested());
      const condition =
        request.keyCondition === undefined
          ? fromKeyConditions(input.KeyConditions, source.key, request.indexName)
          : keyConditionOf(request.keyCondition, source.key, request.indexName);
      checkConsistency(source, request);
      if (request.startPlace !== undefined) {
        checkStartPlace(source, request.startPlace);
        checkStartInCondition(source, request.startPlace, condition);
      }
      if (request.filter !== undefined) {
        checkFilterKeys(
          request.filter,
          source.key,
          input.FilterExpression === undefined ? "QueryFilter" : "Filter Expression",
        );
      }
      checkFilterShown(source, request);
      checkShown(source, request);
      const reverse = input.ScanIndexForward === false;
      return answerPage(engine, source, request, keyRange(condition, source.key), reverse);
    },
  });
}

function leadingKey(input: InputOf<"Query">, request: PageRequest, schema: KeySchema) {
  const { name } = schema.hash;
  return request.keyCondition === undefined
    ? legacyLeadingKey(input.KeyConditions, name)
    : leadingKeyOf(request.keyCondition, name);
}

import { fromFilter, segmentRange } from "@hotkeep/attributes";
import { permission } from "@hotkeep/core";
import type { CallContext, NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { checkKeyPaths } from "../items/key-paths.js";
import { answerPage, checkConsistency, checkShown, checkStartPlace, openSource } from "../items/read-page.js";
import { compiledOnce } from "../request/compiled.js";
import { itemContext } from "../request/condition-keys.js";
import { checkSelect, type PageRequest, readPageRequest } from "../request/page-request.js";
import { type InputOf, operation } from "./operation.js";

const action = "dynamodb:Scan";

function read(input: InputOf<"Scan">, call: CallContext): PageRequest {
  return readPageRequest(input, call, {
    action,
    expressions: ["ProjectionExpression", "FilterExpression"],
    legacy: ["AttributesToGet", "ScanFilter", "ConditionalOperator"],
    legacyFilter: () => fromFilter(input.ScanFilter, input.ConditionalOperator, "ScanFilter"),
    legacyKeyNames: [],
    check: () => checkSegments(input.Segment, input.TotalSegments),
  });
}

function checkSegments(segment: number | undefined, total: number | undefined): void {
  if (segment !== undefined && total === undefined) {
    throw invalid(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (total === undefined) return;
  if (segment === undefined) {
    throw invalid(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (segment >= total) {
    throw invalid(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

/** Scan: all items of a table or index, or those of one segment of it. */
export function scan(engine: Engine): NamedOperation {
  const compile = compiledOnce(read);
  return operation("Scan", {
    needs(input, call) {
      const request = compile.forNeeds(input, call);
      return [
        permission(
          action,
          request.indexName === undefined ? request.table.arn : `${request.table.arn}/index/${request.indexName}`,
          itemContext({
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
      checkConsistency(source, request);
      const segment = input.Segment ?? 0;
      const total = input.TotalSegments ?? 1;
      const range = segmentRange(segment, total);
      if (request.startPlace !== undefined) {
        checkStartPlace(source, request.startPlace);
        if (!source.contains(range, request.startPlace)) {
          throw invalid(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey " +
              `with correct Segment. TotalSegments: ${total} Segment: ${segment}`,
          );
        }
      }
      checkSelect(request);
      checkKeyPaths(source.table, request.names.nested());
      checkShown(source, request);
      return answerPage(engine, source, request, range);
    },
  });
}

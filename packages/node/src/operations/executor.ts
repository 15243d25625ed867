import { AwsError, HotkeepError, type Principal, principalName, uuid } from "@hotkeep/core";
import {
  type DaxError,
  type DaxRequest,
  daxErrorOf,
  decodeRequest,
  encodeAttributeListIdResponse,
  encodeAttributeListResponse,
  encodeError,
  encodeKeySchemaResponse,
  isWrite,
  type MethodName,
  requestTables,
} from "@hotkeep/dax-wire";
import { ageOf } from "../cache/cache-entry.js";
import type { KnownRoster } from "../cluster/roster.js";
import { accessDenied, DaxFailure, daxErrorFor, readFailed, throttled, writeOutcomeUnknown } from "../failure.js";
import type { Gateway } from "../gateway.js";
import { countError } from "../session/counting.js";
import type { Executor } from "../session/gatekeeper.js";
import type { Sighting } from "../sight/sighting.js";
import type { RoleSessions } from "../table/role-sessions.js";
import { TableUnreachable } from "../table/table-calls.js";
import { batchGetItem } from "./batch-get-item.js";
import { batchWriteItem } from "./batch-write-item.js";
import type { OperationContext } from "./context.js";
import { getItem } from "./get-item.js";
import { page } from "./page.js";
import { transactGetItems } from "./transact-get-items.js";
import { transactWriteItems } from "./transact-write-items.js";
import { TransactionCancelled } from "./transaction-error.js";
import { deleteItem, putItem, updateItem } from "./write-item.js";

/** The one thing that the second hop's refusals need beyond the operations' own tools. */
export interface ExecutorOptions {
  readonly context: OperationContext;
  readonly gateway: Gateway;
  readonly roster: KnownRoster;
  readonly roleSessions: RoleSessions;
  readonly serviceRoleArn: () => string;
}

/** Executes requests whose caller has been allowed, and turns every outcome into an answer. */
export class OperationExecutor implements Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  immediate(method: MethodName): Buffer | undefined {
    return method === "endpoints" ? this.#options.roster.response : undefined;
  }

  cachedPage(
    method: "query" | "scan",
    buffer: Buffer,
    start: number,
    end: number,
    now: number,
    sighting?: Sighting,
  ): Buffer | undefined {
    const { pages, metrics } = this.#options.context;
    if (!pages.enabled) return undefined;
    const page = pages.find(buffer, start, end, now);
    if (page === undefined) return undefined;
    if (method === "query") metrics.QueryCacheHits++;
    else metrics.ScanCacheHits++;
    if (sighting !== undefined) {
      sighting.about(requestTables(decodeRequest(buffer.subarray(start, end)))[0]!);
      sighting.note("hit", ageOf(page, now));
    }
    return pages.responseOf(page);
  }

  async execute(request: DaxRequest, frame: Buffer, caller: Principal, sighting?: Sighting): Promise<Buffer> {
    const { context } = this.#options;
    try {
      return await this.#run(request, frame, sighting === undefined ? context : followedBy(sighting, context));
    } catch (error) {
      const dax = this.#errorFor(request, error, caller, sighting);
      if (sighting !== undefined) sighting.error = dax;
      countError(context.metrics, dax);
      if (!(error instanceof TransactionCancelled)) return encodeError(dax);
      return context.lists.encode((listIdOf) => encodeError({ ...dax, cancellationReasons: error.reasons }, listIdOf));
    }
  }

  #run(request: DaxRequest, frame: Buffer, context: OperationContext): Buffer | Promise<Buffer> {
    const { roster } = this.#options;
    switch (request.method) {
      case "getItem":
        return getItem(context, request);
      case "putItem":
        return putItem(context, request);
      case "updateItem":
        return updateItem(context, request);
      case "deleteItem":
        return deleteItem(context, request);
      case "query":
      case "scan":
        return page(context, request, frame);
      case "batchGetItem":
        return batchGetItem(context, request);
      case "batchWriteItem":
        return batchWriteItem(context, request);
      case "transactGetItems":
        return transactGetItems(context, request);
      case "transactWriteItems":
        return transactWriteItems(context, request);
      case "endpoints":
        return roster.response;
      case "defineKeySchema":
        return context.schemas.get(request.table).then((table) => encodeKeySchemaResponse(table.schema));
      case "defineAttributeListId":
        return context.lists.idOf(request.names).then(encodeAttributeListIdResponse);
      case "defineAttributeList":
        return context.lists.namesOf(request.id).then(encodeAttributeListResponse);
      case "authorizeConnection":
        throw new Error("authorizeConnection is the session's");
    }
  }

  #errorFor(request: DaxRequest, error: unknown, caller: Principal, sighting: Sighting | undefined): DaxError {
    const { random, logger, schemas } = this.#options.context;
    const id = uuid(random);
    const write = isWrite(request.method);
    if (error instanceof DaxFailure) return error.dax;
    if (error instanceof AwsError) {
      if (error.code === "ResourceNotFoundException" || error.message.includes("match the schema")) {
        for (const table of requestTables(request)) schemas.doubt(table);
      }
      if (error.code === "AccessDeniedException" || error.code === "AccessDenied") {
        if (sighting !== undefined) sighting.deniedBy = "service-role";
        // Under the id of the endpoint's own decision, both hops' records are found together.
        const decisionId = typeof error.members.requestId === "string" ? error.members.requestId : id;
        return this.#refused(request, error, caller, decisionId);
      }
      if (error.fault === "client") return daxErrorOf(error, id);
      logger.warn("the table endpoint failed", { method: request.method, code: error.code, message: error.message });
      return write ? writeOutcomeUnknown(error.message, id) : readFailed(error.message, id);
    }
    if (error instanceof TableUnreachable) {
      logger.warn("the table endpoint did not answer", { method: request.method, reason: error.message });
      if (!write) return readFailed("The table endpoint does not answer.", id);
      return error.perhapsDone
        ? writeOutcomeUnknown("The table endpoint did not answer; the write may have been carried out.", id)
        : throttled("The table endpoint cannot be reached; nothing was written.", id);
    }
    if (error instanceof HotkeepError) {
      logger.warn("the gateway did not answer", { method: request.method, code: error.code, reason: error.message });
      return write
        ? throttled("The gateway cannot be reached; nothing was written.", id)
        : readFailed("The gateway cannot be reached.", id);
    }
    logger.error("a request failed unexpectedly", { method: request.method, error });
    const text = "The node failed to process the request.";
    return write ? writeOutcomeUnknown(text, id) : daxErrorFor(error, id);
  }

  /** The second hop said no, in its own words; they name the service role's session. */
  #refused(request: DaxRequest, error: AwsError, caller: Principal, id: string): DaxError {
    const { context, gateway, roleSessions, serviceRoleArn } = this.#options;
    const named = /not authorized to perform: (\S+) on resource: (\S+)/.exec(error.message);
    gateway.notify("denied", {
      id,
      at: context.clock.now(),
      hop: "service-role",
      principal: roleSessions.arn ?? serviceRoleArn(),
      askedBy: principalName(caller),
      action: named?.[1] ?? `dynamodb:${request.method.slice(0, 1).toUpperCase()}${request.method.slice(1)}`,
      resource: named?.[2] ?? "*",
      message: error.message,
    });
    return accessDenied(error.message, id);
  }
}

/** The operations' tools for a request that is looked at. */
function followedBy(sighting: Sighting, context: OperationContext): OperationContext {
  const tables = sighting.followed?.tables(context.tables) ?? context.tables;
  return { ...context, tables, sighting };
}

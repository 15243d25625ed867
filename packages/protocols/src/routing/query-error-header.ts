import { type AwsError, CommonAwsError } from "@hotkeep/core";
import { errorTable, type ServiceTables } from "../model/tables.js";
import { querySpellings } from "./common-errors.js";

/**
 * What a service that came from the query protocol adds to its errors in JSON and CBOR: the code that the query protocol
 * has for them, so that programs which look for it go on working (documented for services with the trait
 * `awsQueryCompatible`).
 */
export function queryErrorHeader(tables: ServiceTables, error: AwsError): Readonly<Record<string, string>> {
  if (tables.otherProtocols?.includes("query") !== true) return {};
  const { code, status } =
    error instanceof CommonAwsError
      ? querySpellings[error.kind]
      : {
          code: errorTable(tables, error.code)?.code ?? error.code,
          status: errorTable(tables, error.code)?.status ?? error.status,
        };
  return { "x-amzn-query-error": `${code};${status >= 500 ? "Receiver" : "Sender"}` };
}

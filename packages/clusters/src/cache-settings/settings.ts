import type { CacheSettings, TableCacheRule } from "@hotkeep/control-feed";
import { AwsError } from "@hotkeep/core";
import type { TableCacheRule as RuleShape, CacheSettings as SettingsShape } from "@hotkeep/protocols";

/** As stored with a cluster. Types here are aliases, not interfaces, because the store takes plain JSON. */
export type StoredCacheSettings = {
  readonly tables?: readonly {
    readonly table: string;
    readonly recordTtlMs?: number;
    readonly queryTtlMs?: number;
    readonly neverCache?: boolean;
  }[];
  readonly coherentQueries?: boolean;
  readonly followStreams?: boolean;
  readonly admission?: "lru" | "frequent";
  readonly staleMs?: number;
  readonly staleAfterMs?: number;
};

/** @throws AwsError `InvalidParameterException` when a table is named twice, or when two settings say different things */
export function readCacheSettings(shape: SettingsShape): StoredCacheSettings {
  const tables = (shape.Tables ?? []).map(readRule);
  const names = new Set(tables.map(({ table }) => table));
  if (names.size !== tables.length) throw invalid("Tables names a table twice.");
  if (shape.StaleAfterMillis !== undefined && (shape.StaleMillis ?? 0) === 0) {
    throw invalid("StaleAfterMillis has no meaning without StaleMillis.");
  }
  return {
    ...(tables.length > 0 && { tables }),
    ...(shape.CoherentQueries === true && { coherentQueries: true }),
    ...(shape.FollowStreams === true && { followStreams: true }),
    ...(shape.Admission !== undefined && { admission: shape.Admission }),
    ...(shape.StaleMillis !== undefined && shape.StaleMillis > 0 && { staleMs: shape.StaleMillis }),
    ...(shape.StaleAfterMillis !== undefined && { staleAfterMs: shape.StaleAfterMillis }),
  };
}

function readRule(rule: RuleShape): TableCacheRule {
  const { TableName, RecordTtlMillis, QueryTtlMillis, NeverCache } = rule;
  if (NeverCache === true && (RecordTtlMillis !== undefined || QueryTtlMillis !== undefined)) {
    throw invalid(`Table ${TableName} is never cached, so its entries have no time to live.`);
  }
  return {
    // An ARN names the table behind its last slash.
    table: TableName!.slice(TableName!.lastIndexOf("/") + 1),
    ...(RecordTtlMillis !== undefined && { recordTtlMs: RecordTtlMillis }),
    ...(QueryTtlMillis !== undefined && { queryTtlMs: QueryTtlMillis }),
    ...(NeverCache === true && { neverCache: true }),
  };
}

/** As the API shows them: what is off is not there. */
export function showCacheSettings(settings: CacheSettings = {}): SettingsShape {
  const { tables, coherentQueries, followStreams, admission, staleMs, staleAfterMs } = settings;
  return {
    ...(tables !== undefined && { Tables: tables.map(showRule) }),
    ...(coherentQueries !== undefined && { CoherentQueries: coherentQueries }),
    ...(followStreams !== undefined && { FollowStreams: followStreams }),
    ...(admission !== undefined && { Admission: admission }),
    ...(staleMs !== undefined && { StaleMillis: staleMs }),
    ...(staleAfterMs !== undefined && { StaleAfterMillis: staleAfterMs }),
  };
}

function showRule({ table, recordTtlMs, queryTtlMs, neverCache }: TableCacheRule): RuleShape {
  return {
    TableName: table,
    ...(recordTtlMs !== undefined && { RecordTtlMillis: recordTtlMs }),
    ...(queryTtlMs !== undefined && { QueryTtlMillis: queryTtlMs }),
    ...(neverCache !== undefined && { NeverCache: neverCache }),
  };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

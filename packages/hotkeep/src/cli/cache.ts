import { HotkeepError } from "@hotkeep/core";
import type { CacheSettings, InvalidateCacheResponse } from "@hotkeep/protocols";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";
import { clusterOf, readKey } from "./xray.js";

/** What all commands on a cluster's cache take. */
export interface CacheFlags extends OwnServiceFlags {
  readonly cluster?: string;
  readonly output: string;
}

/** Prints what a cluster does beyond DAX; with `set`, changes it first. */
export async function cacheSettings(flags: CacheFlags & { readonly set?: string }): Promise<void> {
  const ClusterName = clusterOf(flags);
  const { Settings = {} } =
    flags.set === undefined
      ? await callOwnService(flags, "GetCacheSettings", { ClusterName })
      : await callOwnService(flags, "PutCacheSettings", { ClusterName, Settings: readSettings(flags.set) });
  if (flags.output === "json") process.stdout.write(`${JSON.stringify(Settings)}\n`);
  else if (Object.keys(Settings).length === 0) process.stdout.write(`${ClusterName} does as DAX does\n`);
  else process.stdout.write(`${JSON.stringify(Settings, undefined, 2)}\n`);
}

/** Has every node forget an item, a table, or everything. */
export async function invalidateCache(
  flags: CacheFlags & { readonly table?: string; readonly key?: string; readonly everything?: boolean },
): Promise<void> {
  const { table, key, everything = false } = flags;
  if (everything === (table !== undefined) || (key !== undefined && table === undefined)) {
    throw new HotkeepError("BadArgument", "say what to forget", {
      help: "--table with or without --key, or --everything",
    });
  }
  const answer = await callOwnService(flags, "InvalidateCache", {
    ClusterName: clusterOf(flags),
    ...(table !== undefined && { TableName: table }),
    ...(key !== undefined && { Key: readKey(key) }),
  });
  process.stdout.write(flags.output === "json" ? `${JSON.stringify(answer)}\n` : `${describe(answer)}\n`);
  if (answer.Nodes?.some(({ Message }) => Message !== undefined) === true) process.exitCode = 1;
}

type TableRule = NonNullable<CacheSettings["Tables"]>[number];

const settingsKnown: Readonly<Record<keyof CacheSettings, true>> = {
  Tables: true,
  CoherentQueries: true,
  FollowStreams: true,
  Admission: true,
  StaleMillis: true,
  StaleAfterMillis: true,
};

const tableRuleKnown: Readonly<Record<keyof TableRule, true>> = {
  TableName: true,
  NeverCache: true,
  RecordTtlMillis: true,
  QueryTtlMillis: true,
};

/** The API passes over members that it does not know; here one would turn off what a slip of the pen meant to set. */
function refuseUnknown(value: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new HotkeepError("BadArgument", `there is no setting \`${unknown}\``, {
    help: `choose from ${Object.keys(known).join(", ")}; nothing was changed`,
  });
}

function readSettings(text: string): CacheSettings {
  const settings = parsed(text);
  if (typeof settings === "object" && settings !== null && !Array.isArray(settings)) {
    refuseUnknown(settings, settingsKnown);
    const rules: unknown = "Tables" in settings ? settings.Tables : undefined;
    for (const rule of Array.isArray(rules) ? rules : []) {
      if (typeof rule === "object" && rule !== null) refuseUnknown(rule, tableRuleKnown);
    }
    return settings;
  }
  throw new HotkeepError("BadArgument", `\`${text}\` are no settings`, {
    help: `write them as JSON, all of them: '{"Tables":[{"TableName":"Books","RecordTtlMillis":1000}]}'; '{}' turns everything off`,
  });
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe({ Nodes = [] }: InvalidateCacheResponse): string {
  return Nodes.map(
    ({ NodeId = "", Items, Pages, Message }) =>
      `${NodeId.padEnd(24)}${Message ?? `forgot ${counted(Items ?? 0, "item")}, ${counted(Pages ?? 0, "answer")} to queries and scans`}`,
  ).join("\n");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

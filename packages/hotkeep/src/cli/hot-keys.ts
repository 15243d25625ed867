import { HotkeepError } from "@hotkeep/core";
import type { ListHotKeysResponse } from "@hotkeep/protocols";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";
import { styled } from "./terminal.js";
import { clusterOf } from "./xray.js";

/** What the command line gives. */
export interface HotKeysFlags extends OwnServiceFlags {
  readonly cluster?: string;
  readonly max?: string;
  readonly output: string;
}

/** Prints the keys that a cluster's callers look up most. */
export async function hotKeys(flags: HotKeysFlags): Promise<void> {
  const MaxResults = Number(flags.max ?? "10");
  if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > 100) {
    throw new HotkeepError("BadArgument", `\`${flags.max}\` is not a number from 1 to 100`, {
      help: "give with --max how many keys to list",
    });
  }
  const answer = await callOwnService(flags, "ListHotKeys", { ClusterName: clusterOf(flags), MaxResults });
  process.stdout.write(flags.output === "json" ? `${JSON.stringify(answer)}\n` : `${describe(answer)}\n`);
}

function describe({ HotKeys = [], Nodes = [] }: ListHotKeysResponse): string {
  const nodes = Nodes.map(({ NodeId, WindowSeconds, RequestsPerSecond, Message }) =>
    Message === undefined
      ? `${NodeId}: ${perSecond(RequestsPerSecond ?? 0)} look-ups a second in the last ${Math.round(WindowSeconds ?? 0)} s`
      : `${NodeId}: ${Message}`,
  );
  if (HotKeys.length === 0) return [...nodes, "no key has been looked up lately"].join("\n");
  const rows = HotKeys.map(({ TableName = "", Key, RequestsPerSecond = 0, Percent = 0, Nodes: where = [] }) => [
    perSecond(RequestsPerSecond),
    `${Percent.toFixed(1)} %`,
    TableName,
    JSON.stringify(Key),
    where.join(" "),
  ]);
  const table = [["a second", "share", "table", "key", "nodes"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((text, column) => (column < 2 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  return [...nodes, "", styled("bold", lines[0]!), ...lines.slice(1)].join("\n");
}

function perSecond(count: number): string {
  return count >= 100 ? String(Math.round(count)) : count.toFixed(1);
}

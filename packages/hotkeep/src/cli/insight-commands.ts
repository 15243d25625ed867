import type { Command } from "commander";
import type { InsightFlags } from "./insight.js";

/** Adds `hotkeep insight` with its commands. */
export function addInsightCommands(hotkeep: Command): void {
  const insight = hotkeep
    .command("insight")
    .description("tell who reaches which table over which hop, and what is wrong");
  const asking = (command: Command): Command =>
    command
      .option("--from <file>", "read what `hotkeep insight export` wrote (default: ask the public APIs)")
      .option("--endpoint <url>", "the APIs (default: AWS_ENDPOINT_URL, else the gateway on the data directory)")
      .option("--region <name>", "Region of clusters and tables (default: AWS_REGION, else the gateway's)")
      .option("--profile <name>", "as whom (default: the keys or profile of the environment, else root of the gateway)")
      .option("--data <dir>", "data directory of the running gateway (default: .hotkeep)");
  const judging = (command: Command): Command =>
    asking(command)
      .option("--service-control-policies <dir>", "the folder that the gateway was started with, if it was")
      .option("--json", "everything, with the statements that decided");

  judging(insight.command("who-can-reach"))
    .description("list who can do what with a table's items, directly and through each cluster")
    .requiredOption("--table <name>", "name or ARN of a table, or `Table/index/Index`")
    .action(async (flags: InsightFlags & { table: string }) => (await import("./insight.js")).whoCanReach(flags));
  judging(insight.command("findings"))
    .description("list ways around table policies, and service roles that cannot do what their cluster is for")
    .action(async (flags: InsightFlags) => (await import("./insight.js")).printFindings(flags));
  asking(insight.command("export"))
    .description("write down what the public APIs tell of the account, without secrets")
    .action(async (flags: InsightFlags) => (await import("./insight.js")).exportAccount(flags));
}

import { Command, CommanderError, Option } from "commander";
import type { CaFlags } from "./ca.js";
import type { ExportFlags } from "./export.js";
import type { ImportFlags } from "./import.js";
import { addInsightCommands } from "./insight-commands.js";
import { printError } from "./terminal.js";

interface UpFlags {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly account?: string;
  readonly region?: string;
  readonly vpcCidr?: string;
  readonly advertise?: boolean;
  readonly feed?: string;
  readonly launch?: string;
  readonly withoutGateway?: string;
  readonly https?: boolean;
  readonly tlsNames?: string;
  readonly certificateLifetime?: string;
  readonly webhook?: readonly string[];
  readonly empty?: boolean;
  readonly serviceControlPolicies?: string;
  readonly tableEndpoint?: string;
  readonly tableRegion?: string;
  readonly tableProfile?: string;
  readonly output: string;
}

type DoctorFlags = Pick<UpFlags, "data" | "host" | "port" | "vpcCidr" | "advertise" | "output"> & {
  readonly tables?: boolean;
};

const outputOption = (text: string): Option =>
  new Option("--output <form>", text).choices(["text", "json"]).default("text");

function program(): Command {
  const hotkeep = new Command("hotkeep")
    .description("A guarded cache in front of DynamoDB-compatible tables, compatible with Amazon DAX.")
    .version("0.1.0")
    .exitOverride()
    .showHelpAfterError("(`hotkeep --help` lists the commands, `hotkeep COMMAND --help` what one takes)")
    .addHelpText(
      "after",
      "\nEvery flag of `up` that takes a value has an environment variable, e.g. HOTKEEP_PORT for --port; HOTKEEP_DATA holds for all commands. Flags win. HOTKEEP_LOG=info logs more, HOTKEEP_LOG_FORMAT=json as on no terminal.",
    );

  hotkeep
    .command("up")
    .description("start a gateway, its clusters' cache nodes and, on an empty data directory, the documents' world")
    .option("--data <dir>", "where everything is kept (default: .hotkeep)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port of the AWS APIs, 0 for any free one (default: 8110)")
    .option("--account <digits>", "account id of a new data directory (default: 123456789012)")
    .option("--region <name>", "Region of the world and of `hotkeep env` (default: us-west-2)")
    .option(
      "--vpc-cidr <cidr>",
      "loopback range of the default VPC; each running gateway needs its own (default: 127.31.0.0/16)",
    )
    .option(
      "--advertise",
      "all nodes on 127.0.0.1 with ports of their own, where other loopback addresses do not exist",
    )
    .option("--feed <address:port>", "where nodes reach this gateway (default: on loopback, for nodes on this machine)")
    .addOption(
      new Option(
        "--launch <who>",
        "who starts the nodes of new clusters: this gateway, or somebody else with `hotkeep node --join` (default: local)",
      ).choices(["local", "external"]),
    )
    .option(
      "--without-gateway <seconds>",
      "how long a node that has lost this gateway serves on before it ends, at most 300 (default: 300)",
    )
    .option("--https", "speak HTTPS on the port of the AWS APIs; `hotkeep ca` prints whom clients must trust")
    .option("--tls-names <list>", "names and addresses for certificates, beside those of this machine, with commas")
    .option("--certificate-lifetime <time>", "how long certificates are good for, such as 30d or 12h (default: 30d)")
    .option(
      "--webhook <topic-arn=url>",
      "post the events of clusters with this notification topic to a web server, signed with a secret that is shown once; may be given several times",
      (text: string, others: readonly string[] = []) => [...others, text],
    )
    .option("--empty", "do not create the documents' world on an empty data directory")
    .option(
      "--table-endpoint <url>",
      "a DynamoDB-compatible endpoint that holds the tables (default: they are kept here)",
    )
    .option(
      "--table-region <name>",
      "Region in the signatures for the table endpoint (default: the endpoint's, or --region)",
    )
    .option(
      "--table-profile <name>",
      "profile with the table endpoint's keys, instead of HOTKEEP_TABLE_ACCESS_KEY_ID and HOTKEEP_TABLE_SECRET_ACCESS_KEY",
    )
    .option(
      "--service-control-policies <dir>",
      "folder of policies that limit everybody in the account, root included (default: none)",
    )
    .option(
      "--otlp-endpoint <url>",
      "send traces of both hops to this receiver of OTLP over HTTP, such as http://127.0.0.1:4318 (default: none)",
    )
    .option("--audit-data", "write calls on items into the audit trail, too (default: management calls only)")
    .addOption(outputOption("`text` for people, `json` for one line with the endpoints"))
    .action(async (flags: UpFlags) => (await import("./up.js")).up(flags));

  hotkeep
    .command("env")
    .description('print shell exports that point AWS tools here; use as: eval "$(hotkeep env)"')
    .option("--data <dir>", "data directory of the running gateway (default: .hotkeep)")
    .option(
      "--profile <name>",
      "a profile of the credentials file: root, alice, bob, bob-role, or root-ACCOUNT",
      "root",
    )
    .action(async (flags: { data?: string; profile: string }) => (await import("./env.js")).env(flags));

  hotkeep
    .command("ca")
    .description("print the certificate authority's certificate, which clients of daxs:// and https:// must trust")
    .option("--data <dir>", "data directory of the gateway (default: .hotkeep)")
    .option("--output <file>", "write it there instead")
    .option("--renew", "make a new authority first, with no gateway running; clients must trust it anew")
    .option("--host <address>", "with --renew: address the gateway will listen on (default: 127.0.0.1)")
    .option("--tls-names <list>", "with --renew: names and addresses beyond private ones that it may certify")
    .action(async (flags: CaFlags) => (await import("./ca.js")).ca(flags));

  hotkeep
    .command("explain [id]")
    .description(
      "tell everything about one denial: its id is the request id of the error; without an id, about the last",
    )
    .option("--data <dir>", "data directory of the gateway (default: .hotkeep)")
    .action(async (id: string | undefined, flags: { data?: string }) =>
      (await import("./explain.js")).explain(id, flags),
    );

  addInsightCommands(hotkeep);

  hotkeep
    .command("export")
    .description("write a table's items as lines of DynamoDB JSON, as DynamoDB's exports to S3 have them")
    .requiredOption("--table <name>", "the table")
    .option("--output <file>", "file, zipped when it ends in .gz; `-` for standard output", "-")
    .option("--schema <file>", "also write the CreateTable request for a table like it, for `hotkeep import --create`")
    .option("--segments <number>", "parts of the table read side by side", "4")
    .option("--endpoint <url>", "a DynamoDB API (default: AWS_ENDPOINT_URL, else the gateway on the data directory)")
    .option("--region <name>", "its Region (default: AWS_REGION, else the gateway's)")
    .option("--profile <name>", "as whom (default: the keys or profile of the environment, else root of the gateway)")
    .option("--data <dir>", "data directory of the running gateway (default: .hotkeep)")
    .action(async (flags: ExportFlags) => (await import("./export.js")).exportCommand(flags));

  hotkeep
    .command("import [files...]")
    .description("put lines of DynamoDB JSON, zipped or not, into a table; without files, from standard input")
    .requiredOption("--table <name>", "the table")
    .option(
      "--create <file>",
      "make the table first if it is not there, from a file that `hotkeep export --schema` wrote",
    )
    .option("--from-line <number>", "go on with this line of the first file", "1")
    .option("--batches <number>", "batches of 25 items under way at once", "4")
    .option("--endpoint <url>", "a DynamoDB API (default: AWS_ENDPOINT_URL, else the gateway on the data directory)")
    .option("--region <name>", "its Region (default: AWS_REGION, else the gateway's)")
    .option("--profile <name>", "as whom (default: the keys or profile of the environment, else root of the gateway)")
    .option("--data <dir>", "data directory of the running gateway (default: .hotkeep)")
    .action(async (files: readonly string[], flags: ImportFlags) =>
      (await import("./import.js")).importCommand(files, flags),
    );

  hotkeep
    .command("doctor")
    .description("look at what Hotkeep needs of this machine: transport, addresses, port, data directory")
    .option("--data <dir>", "data directory (default: .hotkeep)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port of the AWS APIs (default: 8110)")
    .option("--vpc-cidr <cidr>", "loopback range of the default VPC (default: 127.31.0.0/16)")
    .option("--advertise", "all nodes on 127.0.0.1 with ports of their own")
    .option("--tables", "also walk all stored items, index entries and stream records and say what does not fit")
    .addOption(outputOption("`text` for people, `json` for one line with the findings"))
    .action(async (flags: DoctorFlags) => (await import("./doctor.js")).doctor(flags));

  const asking = (command: Command): Command =>
    command
      .option("--data <dir>", "data directory of the running gateway (default: .hotkeep)")
      .option("--profile <name>", "who asks, in the data directory's credentials file", "root")
      .option("--region <name>", "Region to ask in (default: the gateway's)");
  asking(hotkeep.command("xray"))
    .description("compare what each node has cached for a key with what the table holds; or follow requests")
    .option("--cluster <name>", "the cluster (default: daxcluster01)")
    .option("--table <name>", "the table whose key is compared")
    .option("--key <json>", 'the key, as DynamoDB\'s JSON: \'{"Author":{"S":"Bram Stoker"},"Title":{"S":"Dracula"}}\'')
    .option(
      "--follow",
      "print what becomes of each request until interrupted: hit, miss, negative, bypass, coalesced …",
    )
    .option("--sample <percent>", "with --follow: this share of the requests (default: 100)")
    .addOption(outputOption("`text` for people, `json` for one line an answer"))
    .action(async (flags) =>
      flags.follow === true ? (await import("./follow.js")).follow(flags) : (await import("./xray.js")).xRay(flags),
    );
  asking(hotkeep.command("hot-keys"))
    .description("list the keys that are looked up most, over the last one to two minutes")
    .option("--cluster <name>", "the cluster (default: daxcluster01)")
    .option("--max <number>", "how many (default: 10)")
    .addOption(outputOption("`text` for people, `json` for one line"))
    .action(async (flags) => (await import("./hot-keys.js")).hotKeys(flags));

  const cache = hotkeep
    .command("cache")
    .description("what a cluster does beyond DAX, and forgetting what it has cached");
  asking(cache.command("settings"))
    .description("print a cluster's settings beyond DAX, or change them")
    .option("--cluster <name>", "the cluster (default: daxcluster01)")
    .option("--set <json>", "the new settings, all of them; `{}` turns everything off")
    .addOption(outputOption("`text` for people, `json` for one line"))
    .action(async (flags) => (await import("./cache.js")).cacheSettings(flags));
  asking(cache.command("invalidate"))
    .description("have every node of a cluster forget an item, a table, or everything")
    .option("--cluster <name>", "the cluster (default: daxcluster01)")
    .option("--table <name>", "this table's items, and all answers to queries and scans")
    .option("--key <json>", "with --table: this item only, by its key as DynamoDB's JSON")
    .option("--everything", "all that is cached")
    .addOption(outputOption("`text` for people, `json` for one line"))
    .action(async (flags) => (await import("./cache.js")).invalidateCache(flags));

  const token = hotkeep
    .command("token")
    .description("tokens with which nodes that somebody else starts join a cluster");
  asking(token.command("create"))
    .description("print a new token, good for one node, once; its secret is kept nowhere")
    .requiredOption("--cluster <name>", "the cluster to join")
    .option("--node <id>", "this node only; whoever has its place loses it (default: any place that is vacant)")
    .option("--valid-minutes <number>", "how long it may be used (default: 60)")
    .action(async (flags) => (await import("./token.js")).createToken(flags));
  asking(token.command("list"))
    .description("tell which tokens wait to be used")
    .addOption(outputOption("`text` for people, `json` for one line"))
    .action(async (flags) => (await import("./token.js")).listTokens(flags));
  asking(token.command("delete <id>"))
    .description("take a token back")
    .action(async (id: string, flags) => (await import("./token.js")).deleteToken(id, flags));

  const account = hotkeep
    .command("account")
    .description("further accounts, each with its own root, tables and clusters");
  asking(account.command("create"))
    .description("make an account; its root key becomes a profile in the data directory's credentials file")
    .option("--account <digits>", "twelve digits (default: any that are free)")
    .option("--name <name>", "a name for people (default: its number)")
    .action(async (flags) => (await import("./account.js")).createAccount(flags));
  asking(account.command("list"))
    .description("tell which accounts there are")
    .action(async (flags) => (await import("./account.js")).listAccounts(flags));

  hotkeep
    .command("node [id]")
    .description("run one cache node of a cluster that was created with tag hotkeep:launch=external")
    .option("--join <address:port>", "the gateway's control feed, see `hotkeep up --feed`")
    .option("--token-file <file>", "file with a join token; needed the first time")
    .option(
      "--credential-file <file>",
      "where the node keeps what it got for the token, to come back with (default: in memory)",
    )
    .option("--listen <address[:port]>", "where to serve")
    .option("--advertise <address[:port]>", "where clients reach it (default: where it listens)")
    .option("--zone <name>", "the Availability Zone whose place it takes (default: any)")
    .action(async (id: string | undefined, flags) => {
      const nodes = await import("./node.js");
      // The gateway starts its own nodes with their name, and everything else on their standard input.
      await (id === undefined ? nodes.joiningNode(flags) : nodes.launchedNode());
    });

  return hotkeep;
}

/** Runs one command line. Sets the exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    printError(error);
    process.exitCode = 1;
  }
}

import { isIP } from "node:net";
import { resolve } from "node:path";
import type { FeedAddress } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";
import { readTraceSettings, traceVariables } from "@hotkeep/traces";
import { readCertificateSettings } from "./certificates/settings.js";
import { readTableEndpoint, type TableEndpoint, type TableEndpointInput } from "./table-endpoint.js";

/** How one Hotkeep runs. Flags win over `HOTKEEP_*` environment variables, which win over the defaults. */
export interface Configuration {
  /** Everything that must survive a restart is below this folder. */
  readonly dataDirectory: string;
  /** Address the gateway listens on: loopback unless told otherwise. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly account: string;
  /** The Region of the documents' world and of `hotkeep env`. */
  readonly region: string;
  /** /16 of the loopback range from which the default VPC is carved. */
  readonly vpcCidr: string;
  /** All nodes on 127.0.0.1 with ports of their own, where 127.31.x.y cannot be bound (macOS, containers). */
  readonly advertiseLoopback: boolean;
  /** Where the control feed listens; undefined: on loopback, where nodes on this machine find it. */
  readonly feed: FeedAddress | undefined;
  /** Who starts the nodes of clusters that do not say it with a tag. */
  readonly launch: "local" | "external";
  /** How long a node that has lost this gateway serves on before it ends. */
  readonly withoutGatewayMs: number;
  /** The gateway's port speaks HTTPS. */
  readonly https: boolean;
  /** Names and addresses that certificates have beside the ones they need on this machine. */
  readonly tlsNames: readonly string[];
  /** How long certificates are good for. */
  readonly certificateLifetimeMs: number;
  /** Web servers that are told of cluster events, by the ARN of the cluster's notification topic. */
  readonly webhooks: ReadonlyMap<string, string>;
  /** What their deliveries are signed with, where the operator has chosen it. */
  readonly webhookSecrets: ReadonlyMap<string, string>;
  /** No documents' world on an empty data directory. */
  readonly empty: boolean;
  /** The audit trail has calls on items, too: one line for each call on a table. */
  readonly auditData: boolean;
  /** Folder of service control policies; undefined: there are none. */
  readonly serviceControlPolicies: string | undefined;
  /** Opens /metrics from anywhere; undefined: from this machine only, without one. */
  readonly metricsToken: string | undefined;
  /** The variables of the environment that say where traces go, the flag included; empty: there are no traces. */
  readonly traceEnvironment: Readonly<Record<string, string>>;
  /** Where the tables are; undefined: in the data directory. */
  readonly tableEndpoint: TableEndpoint | undefined;
}

/** The settings a person can give, as text. */
export interface ConfigurationInput extends TableEndpointInput {
  readonly data?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly vpcCidr?: string | undefined;
  readonly advertise?: boolean | undefined;
  readonly feed?: string | undefined;
  readonly launch?: string | undefined;
  readonly withoutGateway?: string | undefined;
  readonly https?: boolean | undefined;
  readonly tlsNames?: string | undefined;
  readonly certificateLifetime?: string | undefined;
  readonly webhook?: readonly string[] | undefined;
  readonly empty?: boolean | undefined;
  readonly auditData?: boolean | undefined;
  readonly otlpEndpoint?: string | undefined;
  readonly serviceControlPolicies?: string | undefined;
}

/** What a caller's authorisation is good for at the most; a longer time would only end in refusals. */
const withoutGatewaySecondsMax = 300;

function bad(setting: string, value: string, rule: string): HotkeepError {
  return new HotkeepError("BadConfiguration", `\`${value}\` cannot be the ${setting}`, { help: rule });
}

/** Checks and completes settings. @throws HotkeepError `BadConfiguration` */
export function readConfiguration(input: ConfigurationInput, environment: NodeJS.ProcessEnv): Configuration {
  const given = (flag: string | undefined, variable: string, otherwise: string): string =>
    flag ?? environment[variable] ?? otherwise;

  const portText = given(input.port, "HOTKEEP_PORT", "8110");
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65535) throw bad("port", portText, "give a number from 0 to 65535");
  const account = given(input.account, "HOTKEEP_ACCOUNT", "123456789012");
  if (!/^\d{12}$/.test(account)) throw bad("account", account, "give twelve digits");
  const region = given(input.region, "HOTKEEP_REGION", "us-west-2");
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d$/.test(region)) throw bad("Region", region, "give a Region such as us-west-2");
  const vpcCidr = given(input.vpcCidr, "HOTKEEP_VPC_CIDR", "127.31.0.0/16");
  const octets = /^127\.(\d{1,3})\.0\.0\/16$/.exec(vpcCidr);
  if (octets === null || Number(octets[1]) > 255) {
    throw bad("VPC's address range", vpcCidr, "give a /16 of the loopback range, such as 127.31.0.0/16");
  }
  const control = input.serviceControlPolicies ?? environment.HOTKEEP_SERVICE_CONTROL_POLICIES;
  const launch = given(input.launch, "HOTKEEP_LAUNCH", "local");
  if (launch !== "local" && launch !== "external") {
    throw bad("launch mode", launch, "give local (this gateway starts nodes) or external (somebody else does)");
  }
  const withoutGateway = given(input.withoutGateway, "HOTKEEP_WITHOUT_GATEWAY", "300");
  if (!/^\d{1,3}$/.test(withoutGateway) || Number(withoutGateway) > withoutGatewaySecondsMax) {
    const rule = `give seconds from 0 to ${withoutGatewaySecondsMax}: meanwhile the node hears of no revoked permission`;
    throw bad("time without the gateway", withoutGateway, rule);
  }
  const webhooks = readWebhooks(input.webhook ?? words(environment.HOTKEEP_WEBHOOKS));
  return {
    dataDirectory: resolve(given(input.data, "HOTKEEP_DATA", ".hotkeep")),
    host: given(input.host, "HOTKEEP_HOST", "127.0.0.1"),
    port,
    account,
    region,
    vpcCidr,
    advertiseLoopback: input.advertise ?? environment.HOTKEEP_ADVERTISE === "1",
    feed: readFeed(input.feed ?? environment.HOTKEEP_FEED),
    launch,
    withoutGatewayMs: Number(withoutGateway) * 1_000,
    https: input.https ?? environment.HOTKEEP_HTTPS === "1",
    ...readCertificateSettings(input, environment),
    webhooks,
    webhookSecrets: readWebhookSecrets(environment, webhooks),
    empty: input.empty ?? false,
    auditData: input.auditData ?? environment.HOTKEEP_AUDIT_DATA === "1",
    serviceControlPolicies: control === undefined ? undefined : resolve(control),
    metricsToken: readMetricsToken(environment),
    traceEnvironment: readTraceEnvironment(input, environment),
    tableEndpoint: readTableEndpoint(input, environment, region),
  };
}

function readFeed(text: string | undefined): FeedAddress | undefined {
  if (text === undefined) return undefined;
  const [, ipv6, ipv4, port] = /^(?:\[([0-9a-fA-F:]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? ipv4;
  if (host === undefined || isIP(host) === 0 || Number(port) > 65535) {
    throw bad("control feed's address", text, "give ADDRESS:PORT, such as 0.0.0.0:8112; port 0 is any free one");
  }
  return { host, port: Number(port) };
}

const words = (text = ""): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** `TOPIC_ARN=URL`, several of them. */
function readWebhooks(texts: readonly string[]): ReadonlyMap<string, string> {
  const rule = "give TOPIC_ARN=URL, such as arn:aws:sns:us-west-2:123456789012:dax=https://example.org/hook";
  return new Map(
    texts.map((text) => {
      const [, topicArn = "", url = ""] = /^(arn:aws:sns:[a-z0-9-]+:\d{12}:[\w.-]+)=(https?:\/\/\S+)$/.exec(text) ?? [];
      // The text may carry a secret in its URL: only what stands before it is repeated.
      if (topicArn === "" || !URL.canParse(url)) throw bad("webhook", text.split("=")[0]!, rule);
      return [topicArn, url];
    }),
  );
}

/** `TOPIC_ARN=SECRET`, several of them; from the environment only, as {@link readMetricsToken}. */
function readWebhookSecrets(
  { HOTKEEP_WEBHOOK_SECRETS: text }: NodeJS.ProcessEnv,
  webhooks: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const secrets = words(text).map((word): readonly [string, string] => {
    const [, topicArn = "", secret = ""] = /^([^=]+)=([!-~]{16,256})$/.exec(word) ?? [];
    if (webhooks.has(topicArn)) return [topicArn, secret];
    throw new HotkeepError("BadConfiguration", "HOTKEEP_WEBHOOK_SECRETS cannot be the secrets of webhooks", {
      help: "give TOPIC_ARN=SECRET for topics that --webhook names, with 16 to 256 printable characters as secret",
    });
  });
  return new Map(secrets);
}

/** From the environment only: what is in a command line, everybody on the machine can read. */
function readMetricsToken({ HOTKEEP_METRICS_TOKEN: token }: NodeJS.ProcessEnv): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (!/^[!-~]{16,256}$/.test(token)) {
    throw new HotkeepError("BadConfiguration", "HOTKEEP_METRICS_TOKEN cannot be the token for /metrics", {
      help: "give 16 to 256 printable characters without spaces",
    });
  }
  return token;
}

function readTraceEnvironment(
  { otlpEndpoint }: ConfigurationInput,
  environment: NodeJS.ProcessEnv,
): Configuration["traceEnvironment"] {
  const given = traceVariables.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
  const variables = {
    ...(Object.fromEntries(given) as Record<string, string>),
    ...(otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }),
  };
  return readTraceSettings(variables) === undefined ? {} : variables;
}

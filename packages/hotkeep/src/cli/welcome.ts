import { resolve } from "node:path";
import type { Ready, Running } from "../gateway/running-file.js";
import { styled } from "./terminal.js";

/** A gateway that is ready, as far as a person who starts it wants to know. */
export interface Welcome extends Ready {
  readonly dataDirectory: string;
  /** The data directory has the documents' world. */
  readonly world: boolean;
}

const line = (name: string, value: string): string => `  ${name.padEnd(13)}${value}`;

/** What `hotkeep up` prints when everything answers, or waits for nodes that somebody else starts. */
export function welcome(running: Welcome, tookMs: number): string {
  const { clusters, waiting = [], webhookSecrets = [] } = running;
  return [
    `${styled("green", "✓")} ${styled("bold", "Hotkeep is ready")} ${styled("dim", `in ${Math.round(tookMs)} ms`)}`,
    "",
    line("AWS APIs", running.endpoint),
    ...(isTls(running) ? [line("trust", `${running.dataDirectory}/ca.pem, which \`hotkeep ca\` prints`)] : []),
    line("console", `${running.endpoint}/console/`),
    ...clusters.map(({ name, endpoint }) => line(name, endpoint)),
    ...waiting.map(({ name, nodes }) => line(name, `no node yet: waits for ${nodes} that somebody else starts`)),
    ...(running.tableEndpoint === undefined ? [] : [line("tables", running.tableEndpoint)]),
    line("account", `${running.account}, ${running.region}`),
    line("credentials", `${running.dataDirectory}/credentials`),
    "",
    ...(webhookSecrets.length === 0
      ? []
      : [
          "Secrets of webhooks, shown this once: receivers verify deliveries with them (docs/webhooks.md).",
          ...webhookSecrets.map(({ topicArn, secret }) => `  ${topicArn} ${secret}`),
          "",
        ]),
    ...(waiting.length === 0 ? [] : joining(running)),
    "Try, in another terminal in this folder:",
    ...commands(running).map((command) => `  ${command}`),
    "",
    styled("dim", "Ctrl-C stops the gateway and every node that it has started."),
    "",
  ].join("\n");
}

/** How to start a node of the first cluster that waits; the others go likewise. */
function joining({ waiting = [], feed, region: home, ...running }: Welcome): readonly string[] {
  const { name, region } = waiting[0]!;
  const where = region === home ? "" : ` --region ${region}`;
  // A feed on loopback is for nodes on this machine.
  const listen = /^(127\.|\[::1\])/.test(feed) ? "127.0.0.1" : "ADDRESS";
  return [
    "Start its nodes, each with a token of its own (docs/nodes.md tells more):",
    `  npx hotkeep token create${elsewhere(running)}${where} --cluster ${name} > ${name}.token && chmod 600 ${name}.token`,
    `  npx hotkeep node --join ${feed} --token-file ${name}.token --listen ${listen}`,
    "",
  ];
}

function commands({ world, clusters, ...running }: Welcome): readonly string[] {
  const env = `eval "$(npx hotkeep env${elsewhere(running)})"`;
  if (!world) return [env, "aws sts get-caller-identity", "aws iam create-user --user-name Alice"];
  const get =
    'aws dynamodb get-item --profile alice --table-name Books --key \'{"Author":{"S":"Bram Stoker"},"Title":{"S":"Dracula"}}\'';
  return [env, ...(clusters.length === 0 ? [] : ["node examples/hit-and-denial.mjs"]), get];
}

function elsewhere({ dataDirectory }: Pick<Welcome, "dataDirectory">): string {
  return dataDirectory === resolve(".hotkeep") ? "" : ` --data ${dataDirectory}`;
}

function isTls({ endpoint, clusters }: Running): boolean {
  return [endpoint, ...clusters.map((cluster) => cluster.endpoint)].some((url) => /^(https|daxs):/.test(url));
}

import { HotkeepError } from "@hotkeep/core";
import type { NodeXRay, StoredXRay, XRayResponse } from "@hotkeep/protocols";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";
import { styled } from "./terminal.js";

/** What the command line gives. */
export interface XRayFlags extends OwnServiceFlags {
  readonly cluster?: string;
  readonly table?: string;
  readonly key?: string;
  readonly output: string;
}

/**
 * Prints what every node has cached for a key beside what the table holds.
 *
 * @throws HotkeepError `NothingSeen` when neither the table nor any node could tell anything, as of an unknown table
 */
export async function xRay(flags: XRayFlags): Promise<void> {
  if (flags.table === undefined || flags.key === undefined) {
    throw new HotkeepError("BadArgument", "an x-ray needs --table and --key", {
      help: `for example: hotkeep xray --table Books --key '{"Author":{"S":"Bram Stoker"},"Title":{"S":"Dracula"}}'; or --follow`,
    });
  }
  const answer = await callOwnService(flags, "XRay", {
    ClusterName: clusterOf(flags),
    TableName: flags.table,
    Key: readKey(flags.key),
  });
  const problem = nothingSeen(answer);
  if (flags.output === "json") process.stdout.write(`${JSON.stringify(answer)}\n`);
  else if (problem === undefined) process.stdout.write(`${describe(answer)}\n`);
  if (problem !== undefined) throw problem;
}

/** The error of an x-ray that shows nothing; undefined where at least one place could be looked into. */
export function nothingSeen({ TableName, ClusterArn, Stored, Nodes = [] }: XRayResponse): HotkeepError | undefined {
  const isProblem = (state: string | undefined): boolean => state === "refused" || state === "unreachable";
  if (!isProblem(Stored?.State) || !Nodes.every(({ State }) => isProblem(State))) return undefined;
  const cluster = ClusterArn?.split("/").at(-1);
  const help =
    Stored?.State === "refused"
      ? `\`aws dynamodb list-tables\` names the tables; a cluster sees those that its service role may use, \`aws dax describe-clusters --cluster-names ${cluster}\` names the role`
      : "is the table endpoint up, and are the nodes? try again; the gateway logs what it cannot reach";
  return new HotkeepError(
    "NothingSeen",
    `cluster \`${cluster}\` cannot look into table \`${TableName}\`: ${Stored?.Message}`,
    { help },
  );
}

/** The cluster that is meant: that of the documents' world unless another is named. */
export function clusterOf({ cluster }: { readonly cluster?: string }): string {
  return cluster ?? process.env.HOTKEEP_CLUSTER ?? "daxcluster01";
}

/** A key as the command line gives it. @throws HotkeepError `BadArgument` */
export function readKey(text: string): Readonly<Record<string, unknown>> {
  try {
    const key: unknown = JSON.parse(text);
    if (isObject(key) && Object.values(key).every(isObject)) return key;
  } catch {
    // Said below in words that help.
  }
  throw new HotkeepError("BadArgument", `\`${text}\` is no key`, {
    help: `write it as DynamoDB's JSON: '{"Author":{"S":"Bram Stoker"}}'`,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe({ TableName, Key, Stored, Nodes = [] }: XRayResponse): string {
  return [
    `${styled("bold", TableName ?? "")} ${JSON.stringify(Key)}`,
    `  ${"stored".padEnd(24)}${storedText(Stored ?? {})}`,
    ...Nodes.map((node) => `  ${(node.NodeId ?? "").padEnd(24)}${nodeText(node)}`),
  ].join("\n");
}

function storedText({ State, Item, ReadBy, Message }: StoredXRay): string {
  if (State === "found") return `${JSON.stringify(Item)} ${styled("dim", `read by ${ReadBy}`)}`;
  if (State === "none") return `there is no such item ${styled("dim", `read by ${ReadBy}`)}`;
  return `${styled("red", State ?? "")}: ${Message}`;
}

function nodeText({ State, Item, AgeMillis, ExpiresInMillis, SameAsStored, Message }: NodeXRay): string {
  if (State === "absent") return "not cached";
  if (State !== "cached" && State !== "negative") return `${styled("red", State ?? "")}: ${Message}`;
  const times = [
    `${seconds(AgeMillis ?? 0)} old`,
    ExpiresInMillis === undefined ? "does not expire" : `expires in ${seconds(ExpiresInMillis)}`,
  ].join(", ");
  const same =
    SameAsStored === undefined
      ? ""
      : SameAsStored
        ? styled("green", "same as stored")
        : styled("red", "differs from stored");
  const what =
    State === "negative"
      ? "caches that there is no such item"
      : SameAsStored === true
        ? "cached"
        : JSON.stringify(Item);
  return [what, times, same].filter((part) => part !== "").join("; ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

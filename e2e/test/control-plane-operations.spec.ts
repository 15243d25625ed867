import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type Keys } from "../src/clients.js";
import { daxSteps, ec2Steps, type Step } from "../src/control-plane/steps.js";
import { AwsCli, cliPython } from "../src/identity/aws-cli.js";

const python = cliPython();
if (python === undefined) {
  process.stderr.write("no AWS CLI whose code Python can load (pip install awscli): its operations are skipped\n");
}
const pollMs = 40;
const pollsMax = 1_500;
const region = "us-west-2";
const account = "123456789012";
const role = `arn:aws:iam::${account}:role/OpsRole`;

let hotkeep: RunningHotkeep;
let root: Keys;
let cli: AwsCli | undefined;
let hook: Server;
/** The messages that the topic's webhook was posted. */
const heard: string[] = [];

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    heard.push(JSON.parse(JSON.parse(text).Message).Message);
    response.end();
  });
  await new Promise<void>((resolve) => void hook.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  const flags = ["--webhook", `arn:aws:sns:${region}:${account}:ops=${url}`];
  hotkeep = await startHotkeep({ empty: true, flags });
  root = hotkeep.credentials.root!;
  const { iam } = awsClients(hotkeep, root);
  const trust = { Effect: "Allow", Principal: { Service: "dax.amazonaws.com" }, Action: "sts:AssumeRole" };
  await iam.createRole({
    RoleName: "OpsRole",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  if (python !== undefined) cli = new AwsCli(python, hotkeep, hotkeep.dataDirectory);
});
afterAll(async () => {
  cli?.end();
  hook.close();
  await hotkeep?.stop();
});

type Answer = { readonly output: Readonly<Record<string, unknown>> } | { readonly code: string };
type Driver = (service: "dax" | "ec2", operation: string, input: object) => Promise<Answer>;

const sdk: Driver = async (service, operation, input) => {
  const client = awsClients(hotkeep, root)[service] as unknown as Record<string, (input: object) => Promise<object>>;
  try {
    const method = operation.slice(0, 1).toLowerCase() + operation.slice(1);
    const { $metadata: _, ...output } = (await client[method]!(input)) as Record<string, unknown>;
    return { output };
  } catch (error) {
    const { name, Code } = error as Error & { readonly Code?: string };
    return { code: Code ?? name };
  } finally {
    (client as unknown as { destroy(): void }).destroy();
  }
};

const awsCli: Driver = async (service, operation, input) => {
  const command = operation.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
  const { code, out, err } = await cli!.run(root, [service, command, "--cli-input-json", JSON.stringify(input)]);
  if (operation.startsWith("Modify")) {
    // The CLI changes its own parser for these commands, and expects to end.
    cli!.end();
    cli = new AwsCli(python!, hotkeep, hotkeep.dataDirectory);
  }
  if (code === 0) return { output: out.trim() === "" ? {} : JSON.parse(out) };
  return { code: /\(([\w.]+)\) when calling/.exec(err)?.[1] ?? err };
};

/** Plays steps with one driver; answers the calls that were made. */
async function play(driver: Driver, steps: readonly Step[], name = "none"): Promise<ReadonlySet<string>> {
  const names = { name, Name: name.toUpperCase() };
  const saved = new Map(Object.entries({ ...names, region, account, role, zonea: `${region}a`, zoneb: `${region}b` }));
  const filled = (value: unknown): unknown => {
    if (typeof value === "string") {
      return value.replace(/\$(\w+)/g, (_, key: string) => saved.get(key)!);
    }
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
  };
  for (const step of steps) {
    const [service, operation] = step.call.split(" ") as ["dax" | "ec2", string];
    const fits = (answer: Answer): void => {
      if (step.fails !== undefined) expect(answer).toEqual({ code: step.fails });
      else expect(answer).toMatchObject({ output: filled(step.answers ?? {}) as object });
    };
    let answer = await driver(service, operation, filled(step.input ?? {}) as object);
    for (let polls = 0; step.poll === true && polls < pollsMax; polls++) {
      try {
        fits(answer);
        break;
      } catch {
        await wait(pollMs);
        answer = await driver(service, operation, filled(step.input ?? {}) as object);
      }
    }
    try {
      fits(answer);
    } catch (error) {
      throw new Error(`${step.call} ${JSON.stringify(filled(step.input ?? {}))}`, { cause: error });
    }
    for (const [key, path] of Object.entries(step.save ?? {})) {
      const value = path
        .split(".")
        .reduce((at: unknown, part) => (at as Record<string, unknown>)[part], (answer as { output: unknown }).output);
      saved.set(key, String(value));
    }
  }
  return new Set(steps.map((step) => step.call));
}

/** The operations that the service's model has here. */
function modelled(service: "dax" | "ec2"): readonly string[] {
  const url = new URL(`../../packages/protocols/src/model/${service}.tables.json`, import.meta.url);
  const tables = JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as { readonly operations: object };
  return Object.keys(tables.operations).map((name) => `${service} ${name}`);
}

/** With a name for its cluster. */
const drivers: readonly (readonly [title: string, name: string, driver: Driver, there: boolean])[] = [
  ["the SDK", "sdk", sdk, true],
  ["the AWS CLI", "cli", awsCli, python !== undefined],
];

describe.each(drivers)("with %s", (_, name, driver, there) => {
  it.runIf(there)("every operation of EC2 that is here does what it says", async () => {
    const called = await play(driver, ec2Steps);
    expect(modelled("ec2").filter((call) => !called.has(call))).toEqual([]);
  });

  it.runIf(there)("every operation of DAX does what it says, and the topic hears of it", async () => {
    heard.length = 0;
    const called = await play(driver, daxSteps, name);
    expect(modelled("dax").filter((call) => !called.has(call))).toEqual([]);
    await expect.poll(() => heard.at(-1)).toBe("Cluster deleted.");
    expect(heard).toEqual([
      "Cluster created.",
      "Parameter group changed to quick.",
      "Security groups changed.",
      `Added node ${name}-b.`,
      `Rebooted node ${name}-b.`,
      `Removed node ${name}-b.`,
      "Cluster deleted.",
    ]);
  });
});

describe("what the control plane did in EC2", () => {
  it("shows in the access advisor and in the trail, as the service-linked role's", async () => {
    const { iam } = awsClients(hotkeep, root);
    const Arn = `arn:aws:iam::${account}:role/aws-service-role/dax.amazonaws.com/AWSServiceRoleForDAX`;
    const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn });
    const read = () => iam.getServiceLastAccessedDetails({ JobId });
    await expect.poll(async () => (await read()).JobStatus).toBe("COMPLETED");
    const { ServicesLastAccessed } = await read();
    expect(ServicesLastAccessed).toMatchObject([{ ServiceNamespace: "ec2" }]);
    expect(ServicesLastAccessed![0]!.LastAuthenticated).toBeInstanceOf(Date);
    // Records are on disk a moment after the call they are about.
    const readTrail = () => readFileSync(`${hotkeep.dataDirectory}/audit/management.jsonl`, "utf8");
    await expect.poll(readTrail).toMatch(/"eventName":"DeleteSecurityGroup"[^\n]*\n/);
    const trail = readTrail()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const byRole = trail.filter(({ eventSource, userIdentity }) => {
      return (
        eventSource === "ec2.amazonaws.com" && userIdentity.arn?.includes("assumed-role/AWSServiceRoleForDAX/dax-")
      );
    });
    const names = new Set(byRole.map(({ eventName }) => eventName));
    for (const name of [
      "DescribeSubnets",
      "DescribeVpcs",
      "DescribeSecurityGroups",
      "CreateSecurityGroup",
      "AuthorizeSecurityGroupIngress",
      "CreateNetworkInterface",
      "DescribeNetworkInterfaces",
      "ModifyNetworkInterfaceAttribute",
      "DescribeAvailabilityZones",
      "DeleteNetworkInterface",
      "RevokeSecurityGroupIngress",
      "DeleteSecurityGroup",
    ]) {
      expect(names, name).toContain(name);
    }
    // Interfaces of nodes were made by nobody else.
    const makers = trail
      .filter(({ eventName, requestParameters }) => {
        return eventName === "CreateNetworkInterface" && requestParameters?.description?.startsWith("DAX node");
      })
      .map(({ userIdentity }) => userIdentity.arn);
    expect(makers.length).toBeGreaterThan(2);
    for (const maker of makers) {
      expect(maker).toMatch(
        new RegExp(`^arn:aws:sts::${account}:assumed-role/AWSServiceRoleForDAX/dax-(sdk|cli)(-2)?$`),
      );
    }
  });
});

import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as iamSdk from "@aws-sdk/client-iam";
import * as stsSdk from "@aws-sdk/client-sts";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type Keys } from "../src/clients.js";
import { AwsCli, type CliAnswer, cliPython } from "../src/identity/aws-cli.js";
import { Bench, type Suspects } from "../src/identity/bench.js";
import { type CliLine, cliScripts } from "../src/identity/cli-lines.js";
import { dialects } from "../src/identity/dialects.js";
import { SdkCli } from "../src/identity/sdk-cli.js";
import { keysOf, trusting } from "../src/identity/suspects.js";
import { send } from "../src/identity/wire.js";

const python = cliPython();
if (python === undefined) {
  process.stderr.write("no AWS CLI whose code Python can load (pip install awscli): its operations are skipped\n");
}

const pollMs = 50;
const pollsMax = 1_200;
const values = new Map<string, string>();
const callers = new Map<string, Keys>();

let hotkeep: RunningHotkeep;
let cli: AwsCli | undefined;

const base64url = (value: string | Buffer): string => Buffer.from(value).toString("base64url");

/** A token of the identity provider that the scripts make. */
function webToken(key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "https://token.example.com", aud: "sts", sub: "somebody", iat: now, exp: now + 600 };
  const text = `${base64url('{"alg":"ES256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${base64url(signBytes("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }))}`;
}

/** The code of an authenticator app (RFC 6238), so many steps from now. */
function codeAt(seed: string, steps: number): string {
  const bits = [...seed.replace(/=+$/, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c));
  const text = bits.map((value) => value.toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(text.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

beforeAll(async () => {
  hotkeep = await startHotkeep({ empty: true });
  const root = awsClients(hotkeep, hotkeep.credentials.root!);
  const account = hotkeep.account;
  await root.iam.createUser({ UserName: "cli" });
  const policy = (Action: string) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
  await root.iam.putUserPolicy({ UserName: "cli", PolicyName: "p", PolicyDocument: policy("sts:*") });
  const cliKeys = keysOf((await root.iam.createAccessKey({ UserName: "cli" })).AccessKey);
  const clirole = trusting({ AWS: `arn:aws:iam::${account}:user/cli` });
  await root.iam.createRole({ RoleName: "clirole", AssumeRolePolicyDocument: clirole });
  const asCli = awsClients(hotkeep, cliKeys);
  const RoleArn = `arn:aws:iam::${account}:role/clirole`;
  const made = await asCli.sts.assumeRole({ RoleArn, RoleSessionName: "first" });
  callers.set("root", hotkeep.credentials.root!).set("cli", cliKeys).set("session", keysOf(made.Credentials));
  const denied = (await asCli.ec2.describeVpcs({}).catch((error: unknown) => error)) as Error;

  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  // IAM wants a thousand characters of metadata at the least (documented).
  const padding = "<!-- padding -->".repeat(70);
  const xml = `<EntityDescriptor entityID="https://idp.example.com"><IDPSSODescriptor>${padding}</IDPSSODescriptor></EntityDescriptor>`;
  const metadata = join(hotkeep.dataDirectory, "metadata.xml");
  writeFileSync(metadata, xml);
  const known = {
    ...{ account, region: hotkeep.region, clikey: cliKeys.accessKeyId, metadata, xml },
    ...{ jwk: `ES256.${x}.${y}`, token: webToken(privateKey), seed: join(hotkeep.dataDirectory, "seed") },
    denial: denied.message.split("failure message: ")[1]!,
  };
  for (const [name, value] of Object.entries(known)) values.set(name, value);
  if (python !== undefined) cli = new AwsCli(python, hotkeep, hotkeep.dataDirectory);
});
afterAll(async () => {
  cli?.end();
  await hotkeep?.stop();
});

function filled(text: string): string {
  return text.replace(/\$([a-z]+[0-9]?)/g, (_, name: string) => {
    if (name === "code1" || name === "code2") {
      return codeAt(readFileSync(values.get("seed")!, "utf8").trim(), name === "code1" ? -1 : 0);
    }
    const value = values.get(name);
    if (value === undefined) throw new Error(`nothing is known as \`$${name}\``);
    return value;
  });
}

function expected(shape: unknown): unknown {
  if (typeof shape === "string") return filled(shape);
  if (Array.isArray(shape)) return shape.map(expected);
  if (typeof shape !== "object" || shape === null) return shape;
  return Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, expected(value)]));
}

/** Runs command lines: the AWS CLI itself, or the SDK in its place. */
type Client = Pick<AwsCli, "run">;

async function runLine(client: Client, line: CliLine): Promise<CliAnswer> {
  const args = line.run.split(" ").map(filled);
  return client.run(callers.get(line.as ?? "root")!, args);
}

function fits(answer: CliAnswer, line: CliLine): void {
  if (line.fails !== undefined) {
    expect(answer.err).toContain(`(${line.fails}) when calling the `);
    return;
  }
  expect(answer.err).toBe("");
  expect(answer.code).toBe(0);
  if (line.prints === undefined) expect(answer.out.trim()).toBe("");
  else if (answer.out.trim() !== "") expect(JSON.parse(answer.out)).toMatchObject(expected(line.prints) as object);
  else expect(line.prints).toEqual({});
}

async function play(client: Client, line: CliLine): Promise<void> {
  let answer = await runLine(client, line);
  for (let polls = 0; line.poll === true && polls < pollsMax; polls++) {
    try {
      fits(answer, line);
      break;
    } catch {
      await wait(pollMs);
      answer = await runLine(client, line);
    }
  }
  try {
    fits(answer, line);
  } catch (error) {
    throw new Error(`aws ${line.run}\n${answer.out}${answer.err}`, { cause: error });
  }
  for (const [name, path] of Object.entries(line.save ?? {})) {
    const found = path
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], JSON.parse(answer.out));
    values.set(name, found as string);
  }
}

describe.skipIf(python === undefined)("the AWS CLI drives", () => {
  it.each(Object.keys(cliScripts))("%s", async (name) => {
    for (const line of cliScripts[name]!) await play(cli!, line);
  });
});

describe("the AWS SDK for JavaScript v3 drives", () => {
  it.each(Object.keys(cliScripts))("%s", async (name) => {
    const client = new SdkCli(hotkeep);
    for (const line of cliScripts[name]!) await play(client, line);
  });
});

describe("both drive", () => {
  it("every operation of IAM and STS that there is", async () => {
    const { iam } = awsClients(hotkeep, hotkeep.credentials.root!);
    await iam.createUser({ UserName: "nobody" });
    const nobody = keysOf((await iam.createAccessKey({ UserName: "nobody" })).AccessKey);
    const driven = new Set(
      Object.values(cliScripts)
        .flat()
        .map(({ run }) => run.split(" ").slice(0, 2).join(" ").replaceAll("-", "")),
    );
    const missing: string[] = [];
    for (const [service, sdk, Version] of [
      ["iam", iamSdk, "2010-05-08"],
      ["sts", stsSdk, "2011-06-15"],
    ] as const) {
      const dialect = dialects.find((known) => known.service === service)!;
      const bench = new Bench(dialect, hotkeep, { root: nobody } as Suspects);
      const operations = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
      for (const operation of operations) {
        const answer = await send(hotkeep.endpoint, bench.valid({ body: `Action=${operation}&Version=${Version}` }));
        if (answer.code === "InvalidAction") continue;
        if (!driven.has(`${service} ${operation.toLowerCase()}`)) missing.push(`${service} ${operation}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

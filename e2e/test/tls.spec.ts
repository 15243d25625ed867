import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DAX } from "@aws-sdk/client-dax";
import { type RunningHotkeep, startHotkeep, takeLoopbackRange } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, hotkeepCommand, startOutsideNode } from "../src/outside-node.js";
import { runClient } from "../src/tls/job.js";
import { detourTo, LastingConnection, sayPlain, serialAt, shakeHands } from "../src/tls/peers.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../packages/hotkeep/bin/hotkeep.js", import.meta.url));
const hasCli = spawnSync("aws", ["--version"]).status === 0;

let hotkeep: RunningHotkeep;
let feed: string;
let authority: string;
let ca: string;
let dax: DAX;
/** `daxs://127.77.0.5:9111` */
let node: string;

/** What every cluster here has in common. */
const encrypted = () =>
  ({
    NodeType: "dax.t3.small",
    IamRoleArn: `arn:aws:iam::${hotkeep.account}:role/DAXServiceRole`,
    ClusterEndpointEncryptionType: "TLS",
  }) as const;

/** A cluster beside the documents' own, and the first of its endpoints once it is there. */
async function createCluster(name: string, nodes: number): Promise<string> {
  await dax.createCluster({ ...encrypted(), ClusterName: name, ReplicationFactor: nodes });
  return availableCluster(name);
}

async function createWithTag(name: string, Key: string, Value: string): Promise<void> {
  await dax.createCluster({ ...encrypted(), ClusterName: name, ReplicationFactor: 1, Tags: [{ Key, Value }] });
}

async function availableCluster(name: string): Promise<string> {
  for (;;) {
    const { Clusters: clusters } = await dax.describeClusters({ ClusterNames: [name] });
    const { Status: status, ClusterDiscoveryEndpoint: endpoint } = clusters![0]!;
    if (status === "available") return endpoint!.URL!;
    await pause(50);
  }
}

/** The root user may use every cluster. */
const job = (client: "sdk" | "dax v2" | "dax v3", endpoint: string, forMs = 0) => ({
  client,
  endpoint,
  region: hotkeep.region,
  keys: hotkeep.credentials.root!,
  forMs,
});

beforeAll(async () => {
  feed = `127.0.0.1:${await freePort()}`;
  hotkeep = await startHotkeep({ flags: ["--https", "--certificate-lifetime", "6s", "--feed", feed] });
  authority = join(hotkeep.dataDirectory, "ca.pem");
  ca = readFileSync(authority, "utf8");
  dax = new DAX({
    endpoint: hotkeep.endpoint,
    region: hotkeep.region,
    credentials: { ...hotkeep.credentials.root! },
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  });
  const url = await createCluster("safe", 2);
  expect(url).toMatch(/^daxs:\/\/127\.\d+\.0\.\d+$/);
  node = `${url}:9111`;
});
afterAll(async () => {
  dax?.destroy();
  await hotkeep?.stop();
});

describe("a cluster with an encrypted endpoint", () => {
  it.each(["dax v3", "dax v2"] as const)("serves %s, unmodified, with its host name verified", async (client) => {
    const report = await runClient(job(client, node.replace(":9111", ""), 1_000), authority);
    expect(report).toMatchObject({ failures: [], year: "1897" });
    expect(report.calls).toBeGreaterThan(5);
  });

  it.each(["dax v3", "dax v2"] as const)("is refused by %s without the authority", async (client) => {
    await expect(shakeHands(node, {})).rejects.toThrow(/unable to (verify the first|get local issuer) certificate/);
    const { failures } = await runClient({ ...job(client, node), patienceMs: 2_000 }, undefined);
    expect(failures).toEqual(["Error: no answer in 2000 ms"]);
  });

  it.each(["dax v3", "dax v2"] as const)(
    "is refused by %s under an address that it is not certified for",
    async (client) => {
      const detour = await detourTo(node);
      await expect(shakeHands(detour.url, { ca })).rejects.toThrow("IP: 127.0.0.1 is not in the cert's list");
      const { failures } = await runClient({ ...job(client, detour.url), patienceMs: 2_000 }, authority);
      expect(failures).toEqual(["Error: no answer in 2000 ms"]);
      // Nothing else was in its way.
      const careless = await runClient({ ...job(client, detour.url), skipHostnameVerification: true }, authority);
      expect(careless).toMatchObject({ failures: [], year: "1897" });
      detour.close();
    },
  );

  it("answers nothing to those without TLS, or with an old one, and goes on", async () => {
    expect(await sayPlain(node, "\x69J7yne5G\x00\x01")).not.toContain("J7yne5G");
    expect(await sayPlain(node, "GET / HTTP/1.1\r\n\r\n")).not.toContain("HTTP");
    const old = { ca, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await expect(shakeHands(node, old)).rejects.toThrow(/alert protocol version|unsupported protocol/);
    await expect.poll(() => hotkeep.errorOutput()).toContain("a TLS handshake failed");
    expect(await serialAt(node, ca)).toMatch(/^[0-9A-F]+$/);
  });

  it("certifies every node for all of them, also for one that comes later", async () => {
    const url = await createCluster("growing", 1);
    const names = async () => {
      const socket = await shakeHands(`${url}:9111`, { ca });
      const { subjectaltname } = socket.getPeerCertificate();
      socket.destroy();
      return subjectaltname!.split(", ").map((name) => name.replace("IP Address:", ""));
    };
    expect(await names()).toEqual([new URL(url.replace("daxs:", "https:")).hostname]);
    await dax.increaseReplicationFactor({ ClusterName: "growing", NewReplicationFactor: 2 });
    await availableCluster("growing");
    const { Clusters: clusters } = await dax.describeClusters({ ClusterNames: ["growing"] });
    const addresses = clusters![0]!.Nodes!.map(({ Endpoint: endpoint }) => endpoint!.Address!);
    expect(await names()).toEqual(addresses);
    const report = await runClient(job("dax v3", `daxs://${addresses[1]}`, 500), authority);
    expect(report).toMatchObject({ failures: [], year: "1897" });
    await dax.deleteCluster({ ClusterName: "growing" });
  });

  it("takes in nodes that somebody else has started, on its port and with a certificate for their address", async () => {
    await createWithTag("outside", "hotkeep:launch", "external");
    const tokenFile = join(hotkeep.dataDirectory, "outside.token");
    const token = await hotkeepCommand("token", "create", "--data", hotkeep.dataDirectory, "--cluster", "outside");
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const address = hotkeep.range.cidr.replace(".0.0/16", ".200.1");
    const outside = startOutsideNode("--join", feed, "--token-file", tokenFile, "--listen", address);
    try {
      expect(await availableCluster("outside")).toBe(`daxs://${address}`);
      const report = await runClient(job("dax v3", `daxs://${address}`), authority);
      expect(report).toMatchObject({ failures: [], year: "1897" });
    } finally {
      outside.process.kill("SIGKILL");
      await outside.ended;
    }
    await dax.deleteCluster({ ClusterName: "outside" });
  });

  it("gets new certificates under load, and nobody who is connected notices", async () => {
    const [first, gateway] = [await serialAt(node, ca), await serialAt(hotkeep.endpoint, ca)];
    const lasting = await LastingConnection.open(node, ca, hotkeep.region, hotkeep.credentials.root!);
    const loads = [
      runClient(job("dax v3", node, 9_000), authority),
      runClient(job("dax v2", node, 9_000), authority),
      runClient(job("sdk", hotkeep.endpoint, 9_000), authority),
    ];
    const seen = new Set([first]);
    const gatewaySeen = new Set([gateway]);
    for (const end = performance.now() + 9_500; performance.now() < end; await pause(250)) {
      seen.add(await serialAt(node, ca));
      gatewaySeen.add(await serialAt(hotkeep.endpoint, ca));
    }
    for (const load of await Promise.all(loads)) {
      expect(load).toMatchObject({ failures: [], year: "1897" });
      expect(load.calls).toBeGreaterThan(50);
    }
    expect(lasting.ended).toBeUndefined();
    expect(lasting.answers).toBeGreaterThan(30);
    lasting.close();
    // Good for six seconds, renewed after four.
    expect(seen.size).toBeGreaterThanOrEqual(3);
    expect(gatewaySeen.size).toBeGreaterThanOrEqual(3);
  });
});

describe("the gateway over HTTPS", () => {
  it("serves the unmodified SDK, and under the names of this machine", async () => {
    expect(await runClient(job("sdk", hotkeep.endpoint), authority)).toMatchObject({ failures: [], year: "1897" });
    const byName = hotkeep.endpoint.replace("127.0.0.1", "localhost");
    expect(await runClient(job("sdk", byName), authority)).toMatchObject({ failures: [], year: "1897" });
    const { failures } = await runClient(job("sdk", hotkeep.endpoint), undefined);
    expect(failures[0]).toMatch(/unable to (verify the first|get local issuer) certificate/);
  });

  it("shows the console", async () => {
    const { stdout } = await run("curl", ["-s", "--cacert", authority, `${hotkeep.endpoint}/console/`]);
    expect(stdout).toContain("<html");
  });

  it("says what is wrong to a client that speaks plain HTTP", async () => {
    const answer = await sayPlain(hotkeep.endpoint, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain("This port speaks HTTPS");
  });

  it.skipIf(!hasCli)("serves the AWS CLI with its authority, and not without", async () => {
    const environment = {
      PATH: process.env.PATH,
      HOME: hotkeep.dataDirectory,
      AWS_CONFIG_FILE: join(hotkeep.dataDirectory, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(hotkeep.dataDirectory, "credentials"),
      AWS_PROFILE: "alice",
    };
    const whoAmI = ["sts", "get-caller-identity", "--output", "json"];
    // The configuration file names the endpoint and the authority.
    const { stdout } = await run("aws", whoAmI, { env: environment });
    expect(JSON.parse(stdout)).toMatchObject({ Arn: `arn:aws:iam::${hotkeep.account}:user/Alice` });
    const { AWS_CONFIG_FILE: _, ...bare } = environment;
    const keys = hotkeep.credentials.alice!;
    const own = {
      ...bare,
      AWS_PROFILE: "default",
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: hotkeep.region,
    };
    const { AWS_PROFILE: __, ...keyed } = own;
    const at = [...whoAmI, "--endpoint-url", hotkeep.endpoint];
    const trusting = await run("aws", at, { env: { ...keyed, AWS_CA_BUNDLE: authority } });
    expect(trusting.stdout).toContain("user/Alice");
    await expect(run("aws", at, { env: keyed })).rejects.toThrow(/SSL validation failed|certificate verify failed/);
  });
});

describe("the commands", () => {
  const onDirectory = (...args: string[]) => run(process.execPath, [program, ...args, "--data", hotkeep.dataDirectory]);

  it("print the authority, or write it to a file", async () => {
    expect((await onDirectory("ca")).stdout).toBe(ca);
    const file = join(hotkeep.dataDirectory, "copy.pem");
    await onDirectory("ca", "--output", file);
    expect(readFileSync(file, "utf8")).toBe(ca);
    await expect(onDirectory("ca", "--renew")).rejects.toThrow(/already runs on/);
  });

  it("tell shells whom to trust", async () => {
    const { stdout } = await onDirectory("env");
    expect(stdout).toContain(`export NODE_EXTRA_CA_CERTS='${authority}'`);
    expect(stdout).toContain(`export AWS_CA_BUNDLE='${authority}'`);
    expect(stdout).toContain(`export AWS_ENDPOINT_URL='${hotkeep.endpoint}'`);
  });

  it("ask the gateway over it, without being told whom to trust", async () => {
    await onDirectory("insight", "export");

    const file = join(hotkeep.dataDirectory, "books.jsonl");
    await onDirectory("export", "--table", "Books", "--output", file);
    expect(readFileSync(file, "utf8")).toContain("Dracula");
    await onDirectory("import", "--table", "Books", file);
  });

  it("report how long certificates are good for", async () => {
    const { stdout } = await onDirectory("doctor", "--output", "json", "--port", "0");
    const findings = JSON.parse(stdout) as { subject: string; state: string; text: string }[];
    const about = (subject: string) => findings.find((finding) => finding.subject === subject);
    expect(about("authority")).toMatchObject({ state: "good", text: expect.stringMatching(/good for 36\d\d days/) });
    expect(about("TLS of https")).toMatchObject({ state: "good", text: expect.stringContaining(hotkeep.endpoint) });
  });
});

describe("a gateway without HTTPS", () => {
  it("has encrypted clusters all the same, and tells shells of them as soon as they are there", async () => {
    const range = await takeLoopbackRange();
    const dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-tls-"));
    const command = async (...args: string[]) =>
      (await run(process.execPath, [program, ...args, "--data", dataDirectory])).stdout;
    const first = await startHotkeep({ dataDirectory, range });
    const client = new DAX({
      endpoint: first.endpoint,
      region: first.region,
      credentials: { ...first.credentials.root! },
    });
    await client.createCluster({
      ClusterName: "alone",
      NodeType: "dax.t3.small",
      ReplicationFactor: 1,
      IamRoleArn: `arn:aws:iam::${first.account}:role/DAXServiceRole`,
      ClusterEndpointEncryptionType: "TLS",
    });
    await expect.poll(() => command("env")).toContain("export NODE_EXTRA_CA_CERTS");
    expect(await command("env")).not.toContain("export AWS_CA_BUNDLE");
    const before = await command("ca");
    client.destroy();
    await first.stop();

    const after = await command("ca", "--renew");
    expect(after).not.toBe(before);
    const second = await startHotkeep({ dataDirectory, range });
    const alone = second.clusters.find(({ name }) => name === "alone")!;
    await expect(shakeHands(alone.endpoint, { ca: before })).rejects.toThrow(/unable to/);
    expect(await serialAt(alone.endpoint, after)).toMatch(/^[0-9A-F]+$/);
    expect(await command("doctor", "--port", "0")).toContain(
      `${alone.endpoint} shows a certificate that is good for 29 days`,
    );
    await second.stop();
    range.release();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
});

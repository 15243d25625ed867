import { encodeAuthorizeRequest } from "@hotkeep/dax-wire";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type Keys } from "../src/clients.js";
import type { Suspects } from "../src/identity/bench.js";
import { authorizeFrame, type Claim, claim, DaxConnection } from "../src/identity/dax-connection.js";
import { claimForgeries, type DaxBench } from "../src/identity/forgeries/dax-claims.js";
import { gatherSuspects, keysOf, trusting } from "../src/identity/suspects.js";

let hotkeep: RunningHotkeep;
let suspects: Suspects;
let node: string;
let bench: DaxBench;
const open: DaxConnection[] = [];

beforeAll(async () => {
  const [here, elsewhere] = await Promise.all([startHotkeep(), startHotkeep({ empty: true })]);
  hotkeep = here;
  node = here.clusters[0]!.endpoint;
  const foreign = elsewhere.credentials.root!;
  await elsewhere.stop();
  suspects = await gatherSuspects(here, here.credentials.root!, foreign, here.account);
  bench = { region: here.region, keys: suspects };
});
afterAll(() => hotkeep?.stop());
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});

async function connected(...claims: readonly Claim[]): Promise<DaxConnection> {
  const connection = await DaxConnection.open(node);
  open.push(connection);
  for (const made of claims) connection.send(authorizeFrame(made));
  return connection;
}

const verdict = async (...claims: readonly Claim[]): Promise<string> =>
  (await (await connected(...claims)).probe()).verdict;
const honest = (keys: Keys): Claim => claim({ keys, region: hotkeep.region });

describe("a node believes", () => {
  it("a long-term key, a session, and either host that clients sign for", async () => {
    expect(await verdict(honest(suspects.root))).toBe("served");
    expect(await verdict(honest(suspects.session))).toBe("served");
    const withScheme = claim({ keys: suspects.root, region: hotkeep.region, host: "https://dax.amazonaws.com" });
    expect(await verdict(withScheme)).toBe("served");
  });

  it("a clock that is off by less than five minutes", async () => {
    for (const aheadSeconds of [-280, 280]) {
      expect(await verdict(claim({ keys: suspects.root, region: hotkeep.region, aheadSeconds }))).toBe("served");
    }
  });

  it("the frame that clients send, of which the forged ones are variations", () => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const made = claim({ keys: suspects.root, region: hotkeep.region, aheadSeconds: (now - Date.now()) / 1000 });
    const expected = encodeAuthorizeRequest({ ...suspects.root, region: hotkeep.region, now });
    expect(authorizeFrame(made).toString("hex")).toBe(expected.toString("hex"));
  });
});

describe("a node does not believe", () => {
  it.each(claimForgeries)("$title", async ({ forge }) => {
    const connection = await connected(forge(bench));
    const { verdict, bytes } = await connection.probe();
    expect(verdict).toBe("authentication required");
    // The stranger learns no more than that.
    expect(bytes.toString("latin1")).toContain("Connection requires authentication");
    expect(bytes.toString("latin1")).not.toMatch(/signature|token|expired|key/i);
  });

  it.each(claimForgeries)("$title, on a connection that was authorised before", async ({ forge }) => {
    expect(await verdict(honest(suspects.root), forge(bench))).toBe("authentication required");
  });

  it("nobody: a connection without any authorisation", async () => {
    expect(await verdict()).toBe("authentication required");
  });

  it("an honest claim after the forged ones is believed: the connection is not lost", async () => {
    const forged = claimForgeries.slice(0, 5).map(({ forge }) => forge(bench));
    expect(await verdict(...forged, honest(suspects.root))).toBe("served");
  });
});

describe("an authorised connection ends being one", () => {
  it("when its key is made inactive, and is one again when the key is active", async () => {
    const { iam } = awsClients(hotkeep, suspects.root);
    await iam.createUser({ UserName: "Mara" });
    const keys = keysOf((await iam.createAccessKey({ UserName: "Mara" })).AccessKey);
    const key = { UserName: "Mara", AccessKeyId: keys.accessKeyId };
    const connection = await connected(honest(keys));
    expect((await connection.probe()).verdict).toBe("served");
    await iam.updateAccessKey({ ...key, Status: "Inactive" });
    expect((await connection.probe()).verdict).toBe("authentication required");
    connection.send(authorizeFrame(honest(keys)));
    expect((await connection.probe()).verdict).toBe("authentication required");
    await iam.updateAccessKey({ ...key, Status: "Active" });
    connection.send(authorizeFrame(honest(keys)));
    expect((await connection.probe()).verdict).toBe("served");
    await iam.deleteAccessKey(key);
    expect((await connection.probe()).verdict).toBe("authentication required");
    await iam.deleteUser({ UserName: "Mara" });
  });

  it("when its user is deleted", async () => {
    const { iam } = awsClients(hotkeep, suspects.root);
    await iam.createUser({ UserName: "Nele" });
    const keys = keysOf((await iam.createAccessKey({ UserName: "Nele" })).AccessKey);
    const session = keysOf((await awsClients(hotkeep, keys).sts.getSessionToken({})).Credentials);
    const connection = await connected(honest(session));
    expect((await connection.probe()).verdict).toBe("served");
    await iam.deleteAccessKey({ UserName: "Nele", AccessKeyId: keys.accessKeyId });
    await iam.deleteUser({ UserName: "Nele" });
    expect((await connection.probe()).verdict).toBe("authentication required");
  });

  it("when the role of its session is deleted", async () => {
    const { iam } = awsClients(hotkeep, suspects.root);
    const RoleName = "Passing";
    const RoleArn = `arn:aws:iam::${hotkeep.account}:role/${RoleName}`;
    const trust = trusting({ AWS: `arn:aws:iam::${hotkeep.account}:user/Other` });
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
    const { sts } = awsClients(hotkeep, suspects.other);
    const session = keysOf((await sts.assumeRole({ RoleArn, RoleSessionName: "short" })).Credentials);
    const connection = await connected(honest(session));
    expect((await connection.probe()).verdict).toBe("served");
    await iam.deleteRole({ RoleName });
    expect((await connection.probe()).verdict).toBe("authentication required");
  });
});

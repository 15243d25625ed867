import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient, type Keys } from "../src/clients.js";
import { keysOf, trusting } from "../src/identity/suspects.js";

const password = "Correct-horse-7-battery";
const nextPassword = "Staple-horse-8-battery";
const book = { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } };

let hotkeep: RunningHotkeep;
/** Everything that must not be found again, by what it is. */
const secrets = new Map<string, string>();
let logs = "";
let dataDirectory = "";

function keep(what: string, keys: Keys): Keys {
  secrets.set(`the secret key of ${what}`, keys.secretAccessKey);
  if (keys.sessionToken !== undefined) secrets.set(`the session token of ${what}`, keys.sessionToken);
  return keys;
}

/** Uses every way in which a secret is handed out or comes in, also the ways that fail. */
beforeAll(async () => {
  const level = process.env.HOTKEEP_LOG;
  process.env.HOTKEEP_LOG = "debug";
  dataDirectory = mkdtempSync(join(tmpdir(), "hotkeep-"));
  hotkeep = await startHotkeep({ auditData: true, dataDirectory });
  if (level === undefined) delete process.env.HOTKEEP_LOG;
  else process.env.HOTKEEP_LOG = level;

  const { iam, sts } = awsClients(hotkeep, keep("root", hotkeep.credentials.root!));
  for (const [name, keys] of Object.entries(hotkeep.credentials)) keep(name, keys);
  const quietly = (call: Promise<unknown>) => call.catch(() => undefined);

  await iam.createUser({ UserName: "Eve" });
  await iam.attachUserPolicy({ UserName: "Eve", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  const eve = keep("a user", keysOf((await iam.createAccessKey({ UserName: "Eve" })).AccessKey));
  const asEve = awsClients(hotkeep, eve);

  await iam.createLoginProfile({ UserName: "Eve", Password: password });
  secrets.set("a password", password);
  await asEve.iam.changePassword({ OldPassword: password, NewPassword: nextPassword });
  secrets.set("a new password", nextPassword);
  const wrong = "Wrong-pony-9-battery";
  secrets.set("a password that was refused", wrong);
  await quietly(asEve.iam.changePassword({ OldPassword: wrong, NewPassword: `${wrong}2` }));

  const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: "phone" });
  secrets.set("the seed of an MFA device", Buffer.from(VirtualMFADevice!.Base32StringSeed!).toString());

  await iam.createRole({
    RoleName: "Any",
    AssumeRolePolicyDocument: trusting({ AWS: `arn:aws:iam::${hotkeep.account}:user/Eve` }),
  });
  const RoleArn = `arn:aws:iam::${hotkeep.account}:role/Any`;
  const role = await asEve.sts.assumeRole({ RoleArn, RoleSessionName: "role", ExternalId: "not-so-secret" });
  const session = keep("a role's session", keysOf(role.Credentials));
  keep("a user's session", keysOf((await asEve.sts.getSessionToken({})).Credentials));
  keep("a federated user", keysOf((await asEve.sts.getFederationToken({ Name: "Guest" })).Credentials));
  keep("root's session", keysOf((await sts.getSessionToken({})).Credentials));
  const token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL25vd2hlcmUuZXhhbXBsZSJ9.c2VjcmV0LXNpZ25hdHVyZQ";
  secrets.set("a web identity token", token);
  await quietly(sts.assumeRoleWithWebIdentity({ RoleArn, RoleSessionName: "web", WebIdentityToken: token }));

  // Calls of every service with a session, allowed and denied, and with keys that do not fit.
  const asSession = awsClients(hotkeep, session);
  const asNobody = awsClients(hotkeep, { ...session, sessionToken: `${session.sessionToken}x` });
  for (const clients of [asSession, asNobody, asEve]) {
    await quietly(clients.iam.listUsers({}));
    await quietly(clients.ec2.describeVpcs({}));
    await quietly(clients.dax.describeClusters({}));
    await quietly(clients.dynamodb.getItem({ TableName: "Books", Key: book }));
  }
  for (const keys of [session, eve, hotkeep.credentials.alice!]) {
    const client = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, keys);
    await quietly(client.getItem({ TableName: "Books", Key: book }));
    client.close();
  }
  await hotkeep.stop();
  logs = hotkeep.errorOutput();
});
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** A secret as it may have been written down. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ];
}

describe("after a busy session", () => {
  it("no secret is found in the data directory, but in the file of credentials that is its owner's", () => {
    const files = filesBelow(dataDirectory);
    expect(files.length).toBeGreaterThan(5);
    const found: string[] = [];
    for (const path of files) {
      expect(statSync(path).mode & 0o077, path).toBe(0);
      const name = relative(dataDirectory, path);
      if (name === "credentials") continue;
      const content = readFileSync(path);
      for (const [what, secret] of secrets) {
        if (spellings(secret).some((text) => content.includes(text))) found.push(`${what} in ${name}`);
      }
    }
    expect(found).toEqual([]);
  });

  it("no secret is found in what was logged", () => {
    expect(secrets.size).toBeGreaterThan(15);
    expect(logs).not.toBe("");
    const found = [...secrets].filter(([, secret]) => spellings(secret).some((text) => logs.includes(text)));
    expect(found.map(([what]) => what)).toEqual([]);
  });

  it("the trail and the denials are there, so that something could have been found", () => {
    const read = (name: string) => readFileSync(join(dataDirectory, name), "utf8");
    const events = read("audit/management.jsonl");
    for (const call of [
      "CreateAccessKey",
      "CreateLoginProfile",
      "ChangePassword",
      "AssumeRole",
      "GetFederationToken",
    ]) {
      expect(events).toContain(`"eventName":"${call}"`);
    }
    expect(read("audit/data.jsonl")).toContain('"eventName":"GetItem"');
    expect(read("denials.jsonl")).toContain("not authorized to perform");
  });
});

import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UntagOpenIDConnectProviderCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, World } from "./world.js";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const issuer = "https://token.example.com";
const providerArn = `arn:aws:iam::${account}:oidc-provider/token.example.com`;
const RoleArn = `arn:aws:iam::${account}:role/Workload`;

let world: World;
let anybody: STSClient;
beforeEach(async () => {
  world = await World.open();
  const { n, e } = rsa.publicKey.export({ format: "jwk" });
  const { x, y } = ec.publicKey.export({ format: "jwk" });
  const long = `RS256.${n}.${e}`;
  await world.iam().send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer,
      ClientIDList: ["sts.amazonaws.com"],
      Tags: [
        { Key: "hotkeep:jwk:main", Value: long.slice(0, 256) },
        { Key: "hotkeep:jwk:main:2", Value: long.slice(256) },
        { Key: "hotkeep:jwk:next", Value: `ES256.${x}.${y}` },
      ],
    }),
  );
  await role({ "token.example.com:aud": "sts.amazonaws.com", "token.example.com:sub": "repo:books" });
  anybody = new STSClient({
    endpoint: world.url,
    region: "us-west-2",
    maxAttempts: 1,
    credentials: () => Promise.reject(new Error("nobody has credentials here")),
  });
});
afterEach(async () => {
  anybody.destroy();
  await world.close();
});

async function role(conditions: Readonly<Record<string, string>>, name = "Workload", extra: readonly string[] = []) {
  await world.iam().send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: ["sts:AssumeRoleWithWebIdentity", ...extra],
        Condition: { StringEquals: conditions },
      }),
    }),
  );
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function goodClaims() {
  const now = Math.floor(world.clock.now() / 1000);
  return { iss: issuer, aud: "sts.amazonaws.com", sub: "repo:books", iat: now, exp: now + 600 };
}

function token(claims: object = {}, header: object = { alg: "RS256" }, key: KeyObject = rsa.privateKey): string {
  const signed = `${part(header)}.${part({ ...goodClaims(), ...claims })}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function assume(WebIdentityToken: string, more: object = {}) {
  return anybody.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "run-1", WebIdentityToken, ...more }),
  );
}

const notAToken = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

describe("AssumeRoleWithWebIdentity", () => {
  it("gives whoever has a good token a session of a role that trusts its provider, without any signature", async () => {
    const PolicyDocument = policy({
      ...allow("iam:ListRoles"),
      Condition: { StringEquals: { "aws:FederatedProvider": providerArn } },
    });
    await world.iam().send(new PutRolePolicyCommand({ RoleName: "Workload", PolicyName: "p", PolicyDocument }));
    const answer = await assume(token(), { DurationSeconds: 900 });
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: "repo:books",
      Provider: issuer,
      Audience: "sts.amazonaws.com",
      AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/Workload/run-1` },
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials!;
    expect(Expiration!.getTime() - world.clock.now()).toBeGreaterThan(898_000);
    const session = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
    const { Arn } = await world.sts(session).send(new GetCallerIdentityCommand());
    expect(Arn).toBe(`arn:aws:sts::${account}:assumed-role/Workload/run-1`);
    await world.iam(session).send(new ListRolesCommand());
  });

  it("takes ES256 and several audiences, of which one is a client id", async () => {
    const claims = { aud: ["other", "sts.amazonaws.com"] };
    expect(await assume(token(claims, { alg: "ES256", kid: "next" }, ec.privateKey))).toMatchObject({
      Audience: "sts.amazonaws.com",
    });
  });

  it.each<[string, () => string, string, string]>([
    ["is no token", () => "abcd", "InvalidIdentityTokenException", notAToken],
    ["has a part too many", () => `${token()}.x`, "InvalidIdentityTokenException", notAToken],
    [
      "has claims that are no object",
      () => `${part({ alg: "RS256" })}.${part([1])}.AAAA`,
      "InvalidIdentityTokenException",
      notAToken,
    ],
    ["is spelt in a second way", () => `${token()}=`, "InvalidIdentityTokenException", notAToken],
    [
      "is not signed at all",
      () => `${part({ alg: "none" })}.${part(goodClaims())}.`,
      "InvalidIdentityTokenException",
      "Token signature algorithm is not supported: none",
    ],
    [
      "is signed with a secret made of the public key",
      () => {
        const signed = `${part({ alg: "HS256" })}.${part(goodClaims())}`;
        const pem = rsa.publicKey.export({ type: "spki", format: "pem" });
        return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
      },
      "InvalidIdentityTokenException",
      "Token signature algorithm is not supported: HS256",
    ],
    [
      "asks for what is not understood",
      () => token({}, { alg: "RS256", crit: ["b64"] }),
      "InvalidIdentityTokenException",
      "Token header has critical extensions that are not understood",
    ],
    [
      "is signed by another key",
      () => token({}, { alg: "RS256" }, generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey),
      "InvalidIdentityTokenException",
      "Couldn't verify the token's signature with the keys of your identity provider",
    ],
    [
      "is signed by a key for another algorithm",
      () => token({}, { alg: "ES256" }, rsa.privateKey),
      "InvalidIdentityTokenException",
      "Couldn't verify the token's signature with the keys of your identity provider",
    ],
    [
      "was changed after it was signed",
      () => token().replace(/\.[^.]+\./, `.${part({ ...goodClaims(), sub: "repo:other" })}.`),
      "InvalidIdentityTokenException",
      "Couldn't verify the token's signature with the keys of your identity provider",
    ],
    [
      "comes from somebody unknown",
      () => token({ iss: "https://elsewhere.example.com" }),
      "InvalidIdentityTokenException",
      "No OpenIDConnect provider found in your account for https://elsewhere.example.com",
    ],
    [
      "has no issuer",
      () => token({ iss: undefined }),
      "InvalidIdentityTokenException",
      "Missing a required claim: iss",
    ],
    ["has no subject", () => token({ sub: "" }), "InvalidIdentityTokenException", "Missing a required claim: sub"],
    ["has no audience", () => token({ aud: [] }), "InvalidIdentityTokenException", "Missing a required claim: aud"],
    [
      "never expires",
      () => token({ exp: undefined }),
      "InvalidIdentityTokenException",
      "Missing a required claim: exp",
    ],
    [
      "expires at no time",
      () => token({ exp: "soon" }),
      "InvalidIdentityTokenException",
      "The claim exp is not a time",
    ],
    [
      "is for somebody else",
      () => token({ aud: "other" }),
      "InvalidIdentityTokenException",
      "Incorrect token audience",
    ],
    [
      "is from the future",
      () => token({ nbf: world.clock.now() / 1000 + 400 }),
      "InvalidIdentityTokenException",
      "Token is not valid yet: its claim nbf lies in the future",
    ],
    [
      "has expired",
      () => token({ exp: Math.floor(world.clock.now() / 1000) - 1 }),
      "ExpiredTokenException",
      expect.stringMatching(
        /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/,
      ) as string,
    ],
    [
      "is about another subject than the role trusts",
      () => token({ sub: "repo:other" }),
      "AccessDenied",
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
  ])("refuses a token that %s", async (_why, make, name, message) => {
    await expect(assume(make())).rejects.toMatchObject({ name, message });
  });

  it("denies roles that are not there and roles that trust other principals alike", async () => {
    const AssumeRolePolicyDocument = policy({ Effect: "Allow", Principal: { AWS: account }, Action: "sts:*" });
    await world.iam().send(new CreateRoleCommand({ RoleName: "Ours", AssumeRolePolicyDocument }));
    const denied = { name: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity" };
    for (const name of ["Ours", "Nowhere"]) {
      await expect(assume(token(), { RoleArn: `arn:aws:iam::${account}:role/${name}` })).rejects.toMatchObject(denied);
    }
    await expect(assume(token(), { RoleArn: "arn:aws:s3:::a-bucket-of-mine" })).rejects.toMatchObject({
      name: "ValidationError",
    });
    await expect(assume(token(), { DurationSeconds: 7200 })).rejects.toMatchObject({
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
  });

  it("takes session tags and a source identity out of the token, if the role lets it", async () => {
    const claims = {
      "https://aws.amazon.com/tags": { principal_tags: { Team: ["books"] }, transitive_tag_keys: ["Team"] },
      "https://aws.amazon.com/source_identity": "carol",
    };
    await expect(assume(token(claims))).rejects.toMatchObject({ message: "Not authorized to perform sts:TagSession" });
    await role({ "aws:RequestTag/Team": "books" }, "Tagged", ["sts:TagSession", "sts:SetSourceIdentity"]);
    const answer = await assume(token(claims), { RoleArn: `arn:aws:iam::${account}:role/Tagged` });
    expect(answer.SourceIdentity).toBe("carol");
    const facts = world.identity.callerFacts(answer.Credentials!.AccessKeyId!, {
      date: "20260101",
      region: "us-west-2",
    });
    expect(facts?.context).toMatchObject({ "aws:PrincipalTag/Team": "books", "aws:SourceIdentity": "carol" });
  });

  it("takes no more tokens of a key that was taken away", async () => {
    const es256 = () => token({}, { alg: "ES256" }, ec.privateKey);
    await assume(es256());
    await world
      .iam()
      .send(
        new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn, TagKeys: ["hotkeep:jwk:next"] }),
      );
    await expect(assume(es256())).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
  });
});

describe("requests without a signature", () => {
  const post = async (body: string, url = "/", headers: Record<string, string> = {}) => {
    const response = await fetch(world.url + url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  it.each([
    ["another operation", "Action=GetCallerIdentity&Version=2011-06-15", "/"],
    ["two operations", "Action=AssumeRoleWithWebIdentity&Action=GetCallerIdentity&Version=2011-06-15", "/"],
    [
      "one in the URL and another in the body",
      "Action=GetCallerIdentity&Version=2011-06-15",
      "/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15",
    ],
    ["an encoded second one", "Action=AssumeRoleWithWebIdentity&%41ction=GetCallerIdentity&Version=2011-06-15", "/"],
    ["the operation in another service", "Action=AssumeRoleWithWebIdentity&Version=2010-05-08", "/"],
  ])("are refused for %s", async (_what, body, url) => {
    const { status, text } = await post(body, url);
    expect([status, /<Code>(\w+)<\/Code>/.exec(text)?.[1]]).not.toEqual([200, undefined]);
    expect(text).not.toContain("GetCallerIdentityResult");
    expect(text).not.toContain("<Credentials>");
  });

  it("are checked when they carry a signature after all", async () => {
    const body = `Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=${encodeURIComponent(RoleArn)}&RoleSessionName=run-1&WebIdentityToken=${token()}`;
    expect((await post(body)).status).toBe(200);
    const { status, text } = await post(body, "/", { authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e" });
    expect([status, /<Code>(\w+)<\/Code>/.exec(text)?.[1]]).toEqual([400, "IncompleteSignature"]);
  });
});

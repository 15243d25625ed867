import { generateKeyPairSync } from "node:crypto";
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteSAMLProviderCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  GetSAMLProviderCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  ListSAMLProvidersCommand,
  ListSAMLProviderTagsCommand,
  PutUserPolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  TagSAMLProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UntagSAMLProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, policy, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const arn = `arn:aws:iam::${account}:oidc-provider/token.example.com/team`;
const thumbprint = "ab".repeat(20);

async function createProvider() {
  return world.iam().send(
    new CreateOpenIDConnectProviderCommand({
      Url: "https://token.example.com/team",
      ClientIDList: ["sts.amazonaws.com"],
      ThumbprintList: [thumbprint],
      Tags: [{ Key: "Team", Value: "books" }],
    }),
  );
}

describe("OpenID Connect providers", () => {
  it("are made, shown without their scheme, changed and deleted", async () => {
    const iam = world.iam();
    expect((await createProvider()).OpenIDConnectProviderArn).toBe(arn);
    await expect(createProvider()).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Provider with url https://token.example.com/team already exists.",
    });
    const named = { OpenIDConnectProviderArn: arn };
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...named, ClientID: "web" }));
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...named, ClientID: "web" }));
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...named, ClientID: "sts.amazonaws.com" }));
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...named, ClientID: "never-there" }));
    const ThumbprintList = ["cd".repeat(20)];
    await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...named, ThumbprintList }));
    const shown = await iam.send(new GetOpenIDConnectProviderCommand(named));
    expect(shown).toMatchObject({
      Url: "token.example.com/team",
      ClientIDList: ["web"],
      ThumbprintList,
      Tags: [{ Key: "Team", Value: "books" }],
    });
    expect((await iam.send(new ListOpenIDConnectProvidersCommand())).OpenIDConnectProviderList).toEqual([{ Arn: arn }]);
    expect((await iam.send(new GetAccountSummaryCommand())).SummaryMap?.Providers).toBe(1);
    await iam.send(new DeleteOpenIDConnectProviderCommand(named));
    await iam.send(new DeleteOpenIDConnectProviderCommand(named));
    await expect(iam.send(new GetOpenIDConnectProviderCommand(named))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `OpenIDConnect Provider not found for arn ${arn}`,
    });
  });

  it.each([
    [{ Url: "http://token.example.com" }, "Invalid Open ID Connect Provider URL"],
    [{ Url: "https://token.example.com?x=1" }, "Invalid Open ID Connect Provider URL"],
    [{ ThumbprintList: ["zz".repeat(20)] }, "Thumbprints must be 40 hexadecimal digits."],
    [{ ThumbprintList: Array<string>(6).fill(thumbprint) }, "Thumbprint list must contain fewer than 6 entries."],
    [
      { Tags: [{ Key: "hotkeep:jwk:a", Value: "HS256.a.b" }] },
      "The tag hotkeep:jwk:a does not hold a public key: it begins with neither RS256 nor ES256.",
    ],
    [
      { Tags: [{ Key: "hotkeep:jwk:a", Value: "ES256.a" }] },
      "The tag hotkeep:jwk:a does not hold a public key: after the algorithm come two base64url texts with a dot between them.",
    ],
    [
      { Tags: [{ Key: "hotkeep:jwk:a", Value: "ES256.AAAA.AAAA" }] },
      "The tag hotkeep:jwk:a does not hold a public key: it is no usable P-256 key.",
    ],
    [{ Tags: [{ Key: "hotkeep:jwk:a:2", Value: "AAAA" }] }, "The tag hotkeep:jwk:a:2 continues nothing."],
  ])("refuse %j", async (wrong, message) => {
    const create = new CreateOpenIDConnectProviderCommand({ Url: "https://token.example.com", ...wrong });
    await expect(world.iam().send(create)).rejects.toMatchObject({ message });
  });

  it("refuse RSA keys that are too short", async () => {
    const { n, e } = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    const Tags = [{ Key: "hotkeep:jwk:a", Value: `RS256.${n}.${e}` }];
    await expect(
      world.iam().send(new CreateOpenIDConnectProviderCommand({ Url: "https://token.example.com", Tags })),
    ).rejects.toMatchObject({ message: "The tag hotkeep:jwk:a does not hold a public key: it is no usable RSA key." });
  });

  it("let only those touch the keys in tags who may change which certificates are trusted", async () => {
    await createProvider();
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Tagger" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "Tagger" }));
    const PolicyDocument = policy(allow(["iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"]));
    await iam.send(new PutUserPolicyCommand({ UserName: "Tagger", PolicyName: "tags", PolicyDocument }));
    const tagger = world.iam({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
    const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    const named = { OpenIDConnectProviderArn: arn };
    const key = { Key: "hotkeep:jwk:2026", Value: `ES256.${x}.${y}` };
    const denied = { message: expect.stringContaining("iam:UpdateOpenIDConnectProviderThumbprint") };
    await tagger.send(new TagOpenIDConnectProviderCommand({ ...named, Tags: [{ Key: "a", Value: "b" }] }));
    await expect(tagger.send(new TagOpenIDConnectProviderCommand({ ...named, Tags: [key] }))).rejects.toMatchObject(
      denied,
    );
    await iam.send(new TagOpenIDConnectProviderCommand({ ...named, Tags: [key] }));
    await expect(
      tagger.send(new UntagOpenIDConnectProviderCommand({ ...named, TagKeys: [key.Key] })),
    ).rejects.toMatchObject(denied);
    await tagger.send(new UntagOpenIDConnectProviderCommand({ ...named, TagKeys: ["a", "Team"] }));
    expect((await iam.send(new ListOpenIDConnectProviderTagsCommand(named))).Tags).toEqual([key]);
  });
});

describe("SAML providers", () => {
  const SAMLProviderArn = `arn:aws:iam::${account}:saml-provider/Corporate`;
  const metadata = (name: string, until = "") =>
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${name}"${until}><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${" ".repeat(1000)}</IDPSSODescriptor></EntityDescriptor>`;

  it("are stored with their metadata, changed, tagged and deleted", async () => {
    const iam = world.iam();
    const create = new CreateSAMLProviderCommand({ Name: "Corporate", SAMLMetadataDocument: metadata("one") });
    expect((await iam.send(create)).SAMLProviderArn).toBe(SAMLProviderArn);
    await expect(iam.send(create)).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
    const until = ' validUntil="2030-01-02T03:04:05Z"';
    await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, SAMLMetadataDocument: metadata("two", until) }));
    await iam.send(
      new TagSAMLProviderCommand({
        SAMLProviderArn,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "2" },
        ],
      }),
    );
    await iam.send(new UntagSAMLProviderCommand({ SAMLProviderArn, TagKeys: ["a"] }));
    expect((await iam.send(new ListSAMLProviderTagsCommand({ SAMLProviderArn }))).Tags).toEqual([
      { Key: "b", Value: "2" },
    ]);
    expect(await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))).toMatchObject({
      SAMLMetadataDocument: metadata("two", until),
      ValidUntil: new Date("2030-01-02T03:04:05Z"),
      Tags: [{ Key: "b", Value: "2" }],
    });
    expect((await iam.send(new ListSAMLProvidersCommand())).SAMLProviderList).toMatchObject([{ Arn: SAMLProviderArn }]);
    await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn }));
    await expect(iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))).rejects.toMatchObject({
      message: `SAMLProvider not found for arn ${SAMLProviderArn}`,
    });
  });

  it("refuse what is no identity provider's metadata", async () => {
    const create = new CreateSAMLProviderCommand({ Name: "Corporate", SAMLMetadataDocument: "<html>".padEnd(1000) });
    await expect(world.iam().send(create)).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "Could not parse metadata",
    });
  });
});

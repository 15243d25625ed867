import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetMFADeviceCommand,
  ListMFADevicesCommand,
  ListMFADeviceTagsCommand,
  ListUsersCommand,
  ListVirtualMFADevicesCommand,
  PutUserPolicyCommand,
  ResyncMFADeviceCommand,
  TagMFADeviceCommand,
  UntagMFADeviceCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetSessionTokenCommand, type GetSessionTokenCommandOutput } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromBase32, toBase32 } from "../src/mfa/base32.js";
import { codeAt, stepAt } from "../src/mfa/totp.js";
import { account, allow, policy, trusts, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const serial = `arn:aws:iam::${account}:mfa/Alice`;

/** An authenticator app: codes by steps from now. */
class App {
  readonly #secret: Buffer;

  constructor(seed: Uint8Array) {
    this.#secret = fromBase32(Buffer.from(seed).toString());
  }

  code(steps = 0): string {
    return codeAt(this.#secret, stepAt(world.clock.now()) + steps);
  }
}

/** Alice with a key, and an app on a device that is enabled for her. */
async function alice() {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: "Alice" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }));
  const key = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "Alice" }));
  const app = new App(VirtualMFADevice!.Base32StringSeed!);
  await iam.send(
    new EnableMFADeviceCommand({
      UserName: "Alice",
      SerialNumber: serial,
      AuthenticationCode1: app.code(-1),
      AuthenticationCode2: app.code(),
    }),
  );
  return { key, app };
}

function credentialsOf(answer: GetSessionTokenCommandOutput) {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials!;
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}

describe("one-time codes", () => {
  it.each([
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [20000000000, "353130"],
  ])("are those of RFC 6238 at second %d", (seconds, code) => {
    expect(codeAt(Buffer.from("12345678901234567890"), stepAt(seconds * 1000))).toBe(code);
  });

  it("come from a secret that survives base32", () => {
    expect(toBase32(Buffer.from("12345678901234567890"))).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    for (let length = 0; length < 12; length++) {
      const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 73 + 201) & 255));
      expect(fromBase32(toBase32(bytes))).toEqual(bytes);
    }
  });
});

describe("virtual MFA devices", () => {
  it("are made with a seed that is shown once, and enabled by two codes in a row", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const create = new CreateVirtualMFADeviceCommand({
      VirtualMFADeviceName: "Alice",
      Tags: [{ Key: "a", Value: "b" }],
    });
    const { VirtualMFADevice } = await iam.send(create);
    expect(VirtualMFADevice).toMatchObject({ SerialNumber: serial, Tags: [{ Key: "a", Value: "b" }] });
    expect(Buffer.from(VirtualMFADevice!.Base32StringSeed!).toString()).toMatch(/^[A-Z2-7]{64}$/);
    const png = Buffer.from(VirtualMFADevice!.QRCodePNG!);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    await expect(iam.send(create)).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "MFADevice entity at the same path and name already exists.",
    });
    const app = new App(VirtualMFADevice!.Base32StringSeed!);
    const enable = (AuthenticationCode1: string, AuthenticationCode2: string) =>
      iam.send(
        new EnableMFADeviceCommand({
          UserName: "Alice",
          SerialNumber: serial,
          AuthenticationCode1,
          AuthenticationCode2,
        }),
      );
    await expect(enable(app.code(), app.code())).rejects.toMatchObject({
      name: "InvalidAuthenticationCodeException",
      message: "Authentication code for device is not valid.",
    });
    expect(
      (await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: "Unassigned" }))).VirtualMFADevices,
    ).toEqual([{ SerialNumber: serial }]);
    await enable(app.code(), app.code(1));
    await expect(enable(app.code(), app.code(1))).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
    expect((await iam.send(new ListMFADevicesCommand({ UserName: "Alice" }))).MFADevices).toEqual([
      { UserName: "Alice", SerialNumber: serial, EnableDate: expect.any(Date) },
    ]);
    expect(await iam.send(new GetMFADeviceCommand({ SerialNumber: serial }))).toMatchObject({ UserName: "Alice" });
    const { VirtualMFADevices } = await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: "Assigned" }));
    expect(VirtualMFADevices).toMatchObject([{ SerialNumber: serial, User: { UserName: "Alice" } }]);
    expect(VirtualMFADevices![0]!.Base32StringSeed).toBeUndefined();
  });

  it("hold a user back from deletion and go away deactivated only", async () => {
    const { key } = await alice();
    const iam = world.iam();
    await iam.send(new DeleteAccessKeyCommand({ UserName: "Alice", AccessKeyId: key.accessKeyId }));
    await expect(iam.send(new DeleteUserCommand({ UserName: "Alice" }))).rejects.toMatchObject({
      message: "Cannot delete entity, must delete MFA device first.",
    });
    await expect(iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "MFA VirtualDevice in use. Must deactivate first.",
    });
    await iam.send(new DeactivateMFADeviceCommand({ UserName: "Alice", SerialNumber: serial }));
    await expect(
      iam.send(new DeactivateMFADeviceCommand({ UserName: "Alice", SerialNumber: serial })),
    ).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial }));
    await expect(iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial }))).rejects.toMatchObject({
      message: `VirtualMFADevice with serial number ${serial} doesn't exist.`,
    });
    await iam.send(new DeleteUserCommand({ UserName: "Alice" }));
  });

  it("can be resynchronised when their clocks have drifted by minutes", async () => {
    const { key, app } = await alice();
    const sts = world.sts(key);
    const token = (TokenCode: string) => sts.send(new GetSessionTokenCommand({ SerialNumber: serial, TokenCode }));
    await expect(token(app.code(20))).rejects.toMatchObject({ name: "AccessDenied" });
    const iam = world.iam();
    const resync = (first: string, second: string) =>
      iam.send(
        new ResyncMFADeviceCommand({
          UserName: "Alice",
          SerialNumber: serial,
          AuthenticationCode1: first,
          AuthenticationCode2: second,
        }),
      );
    await expect(resync(app.code(20), app.code(22))).rejects.toMatchObject({
      name: "InvalidAuthenticationCodeException",
    });
    await resync(app.code(20), app.code(21));
    await token(app.code(22));
  });

  it("have tags", async () => {
    await alice();
    const iam = world.iam();
    await iam.send(
      new TagMFADeviceCommand({
        SerialNumber: serial,
        Tags: [
          { Key: "Team", Value: "books" },
          { Key: "x", Value: "y" },
        ],
      }),
    );
    await iam.send(new UntagMFADeviceCommand({ SerialNumber: serial, TagKeys: ["X"] }));
    expect((await iam.send(new ListMFADeviceTagsCommand({ SerialNumber: serial }))).Tags).toEqual([
      { Key: "Team", Value: "books" },
    ]);
  });
});

describe("sessions with a second factor", () => {
  it("carry aws:MultiFactorAuthPresent and its age, and open IAM", async () => {
    const { key, app } = await alice();
    const recent = {
      Bool: { "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "60" },
    };
    const PolicyDocument = policy({ ...allow("iam:ListUsers"), Condition: recent });
    await world.iam().send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "mfa", PolicyDocument }));
    await expect(world.iam(key).send(new ListUsersCommand())).rejects.toMatchObject({ name: "AccessDenied" });
    const answer = await world
      .sts(key)
      .send(new GetSessionTokenCommand({ SerialNumber: serial, TokenCode: app.code(1) }));
    const session = credentialsOf(answer);
    await world.iam(session).send(new ListUsersCommand());
    const facts = world.identity.callerFacts(session.accessKeyId, { date: "20260101", region: "us-west-2" });
    expect(facts?.context["aws:MultiFactorAuthPresent"]).toBe("true");
    world.clock.advance(61_000);
    await expect(world.iam(session).send(new ListUsersCommand())).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("let a role ask for the factor in its trust policy, and do not hand it on", async () => {
    const { key, app } = await alice();
    const AssumeRolePolicyDocument = trusts(
      { AWS: `arn:aws:iam::${account}:user/Alice` },
      { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } },
    );
    await world.iam().send(new CreateRoleCommand({ RoleName: "Careful", AssumeRolePolicyDocument }));
    const role = { RoleArn: `arn:aws:iam::${account}:role/Careful`, RoleSessionName: "s1" };
    const sts = world.sts(key);
    await expect(sts.send(new AssumeRoleCommand(role))).rejects.toMatchObject({ name: "AccessDenied" });
    const answer = await sts.send(new AssumeRoleCommand({ ...role, SerialNumber: serial, TokenCode: app.code(1) }));
    const facts = world.identity.callerFacts(answer.Credentials!.AccessKeyId!, {
      date: "20260101",
      region: "us-west-2",
    });
    expect(facts?.context["aws:MultiFactorAuthPresent"]).toBe("false");
  });

  it("take each code once, from the right device, and none after ten wrong ones", async () => {
    const { key, app } = await alice();
    const sts = world.sts(key);
    const token = (TokenCode: string | undefined, SerialNumber: string | undefined = serial) =>
      sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
    const invalid = {
      name: "AccessDenied",
      message: "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    };
    await expect(token(undefined)).rejects.toMatchObject({
      message: "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    });
    await expect(token("123456", `${serial}2`)).rejects.toMatchObject({
      message: expect.stringContaining("verify your MFA serial number"),
    });
    // Both codes of the enabling were used up, too.
    await expect(token(app.code())).rejects.toMatchObject(invalid);
    const good = app.code(1);
    await token(good);
    await expect(token(good)).rejects.toMatchObject(invalid);
    world.clock.advance(30_000);
    const wrong = String((Number(app.code(1)) + 1) % 1_000_000).padStart(6, "0");
    for (let tries = 1; tries < 10; tries++) await expect(token(wrong)).rejects.toMatchObject(invalid);
    await expect(token(app.code(1))).rejects.toMatchObject(invalid);
    world.clock.advance(5 * 60_000);
    await token(app.code());
  });
});

import {
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteAccountPasswordPolicyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  GetAccountPasswordPolicyCommand,
  GetLoginProfileCommand,
  PutUserPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
} from "@aws-sdk/client-iam";
import { prefixRange } from "@hotkeep/state";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashPassword, isPassword } from "../src/passwords/hash.js";
import { account, allow, policy, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function userWithKey(name: string) {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: name }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

describe("the password policy", () => {
  it("is missing at first, takes defaults for what an update leaves out, and goes away again", async () => {
    const iam = world.iam();
    const missing = {
      name: "NoSuchEntityException",
      message: `The Password Policy with domain name ${account} cannot be found.`,
    };
    await expect(iam.send(new GetAccountPasswordPolicyCommand())).rejects.toMatchObject(missing);
    await iam.send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 14, RequireNumbers: true }));
    await iam.send(new UpdateAccountPasswordPolicyCommand({ RequireSymbols: true, MaxPasswordAge: 90 }));
    expect((await iam.send(new GetAccountPasswordPolicyCommand())).PasswordPolicy).toEqual({
      MinimumPasswordLength: 6,
      RequireSymbols: true,
      RequireNumbers: false,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: true,
      MaxPasswordAge: 90,
      HardExpiry: false,
    });
    await iam.send(new DeleteAccountPasswordPolicyCommand());
    await expect(iam.send(new DeleteAccountPasswordPolicyCommand())).rejects.toMatchObject(missing);
  });

  it.each([
    [{ MinimumPasswordLength: 12 }, "Short-1", "Password should have a minimum length of 12"],
    [{ RequireUppercaseCharacters: true }, "lower-1", "Password should have at least one uppercase letter"],
    [{ RequireLowercaseCharacters: true }, "UPPER-1", "Password should have at least one lowercase letter"],
    [{ RequireNumbers: true }, "No-number", "Password should have at least one number"],
    [{ RequireSymbols: true }, "NoSymbol1", "Password should have at least one symbol"],
    [undefined, "Short-1", "Password should have a minimum length of 8"],
    [
      undefined,
      "onlylowercase1",
      "Password should have at least three of: an uppercase letter, a lowercase letter, a number, a symbol",
    ],
    [undefined, "ALICE-alice", "Password should not be the name of the user"],
  ])("refuses, under %j, the password %s", async (rules, Password, message) => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice-alice" }));
    if (rules !== undefined) await iam.send(new UpdateAccountPasswordPolicyCommand(rules));
    await expect(iam.send(new CreateLoginProfileCommand({ UserName: "Alice-alice", Password }))).rejects.toMatchObject({
      name: "PasswordPolicyViolationException",
      message,
    });
  });
});

describe("login profiles", () => {
  it("are made once, shown without the password, changed, and deleted before their user", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const create = new CreateLoginProfileCommand({
      UserName: "alice",
      Password: "Correct-Horse-1",
      PasswordResetRequired: true,
    });
    const { LoginProfile } = await iam.send(create);
    expect(LoginProfile).toEqual({ UserName: "Alice", CreateDate: expect.any(Date), PasswordResetRequired: true });
    await expect(iam.send(create)).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Login Profile for user Alice already exists.",
    });
    await iam.send(new UpdateLoginProfileCommand({ UserName: "Alice", PasswordResetRequired: false }));
    expect((await iam.send(new GetLoginProfileCommand({ UserName: "Alice" }))).LoginProfile).toMatchObject({
      PasswordResetRequired: false,
    });
    await expect(iam.send(new DeleteUserCommand({ UserName: "Alice" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must delete login profile first.",
    });
    await iam.send(new DeleteLoginProfileCommand({ UserName: "Alice" }));
    await expect(iam.send(new GetLoginProfileCommand({ UserName: "Alice" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "Login Profile for User Alice cannot be found.",
    });
    await iam.send(new DeleteUserCommand({ UserName: "Alice" }));
  });

  it("leave no password in the store", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    await iam.send(new CreateLoginProfileCommand({ UserName: "Alice", Password: "Correct-Horse-1" }));
    const stored = JSON.stringify(await world.store.range(prefixRange("identity/", 1000)));
    expect(stored).not.toContain("Correct-Horse-1");
    expect(stored).toMatch(/"hash":"scrypt\.15\.[\w-]{22}\.[\w-]{43}"/);
  });
});

describe("ChangePassword", () => {
  it("needs the old password, the permission, and a password not in use before", async () => {
    const key = await userWithKey("Alice");
    const iam = world.iam();
    await iam.send(
      new CreateLoginProfileCommand({ UserName: "Alice", Password: "First-Horse-1", PasswordResetRequired: true }),
    );
    const alice = world.iam(key);
    const change = (OldPassword: string, NewPassword: string) =>
      alice.send(new ChangePasswordCommand({ OldPassword, NewPassword }));
    await expect(change("First-Horse-1", "Second-Horse-2")).rejects.toMatchObject({ name: "AccessDenied" });
    await iam.send(
      new UpdateAccountPasswordPolicyCommand({ AllowUsersToChangePassword: true, PasswordReusePrevention: 2 }),
    );
    await expect(change("Wrong-Horse-1", "Second-Horse-2")).rejects.toMatchObject({
      name: "AccessDenied",
      message: "The old password was incorrect.",
    });
    await change("First-Horse-1", "Second-Horse-2");
    expect((await iam.send(new GetLoginProfileCommand({ UserName: "Alice" }))).LoginProfile).toMatchObject({
      PasswordResetRequired: false,
    });
    await expect(change("Second-Horse-2", "First-Horse-1")).rejects.toMatchObject({
      name: "PasswordPolicyViolationException",
      message: "Password should not be one of the last 2 passwords",
    });
    await change("Second-Horse-2", "Third-Horse-3");
    const deny = policy({ Effect: "Deny", Action: "iam:ChangePassword", Resource: "*" });
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "no", PolicyDocument: deny }));
    await expect(change("Third-Horse-3", "Fourth-Horse-4")).rejects.toMatchObject({ name: "AccessDenied" });
    const all = policy(allow("iam:ChangePassword"));
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "no", PolicyDocument: all }));
    await iam.send(new DeleteAccountPasswordPolicyCommand());
    await change("Third-Horse-3", "Fourth-Horse-4");
    await iam.send(new DeleteAccessKeyCommand({ UserName: "Alice", AccessKeyId: key.accessKeyId }));
  });

  it("is for users", async () => {
    await expect(
      world.iam().send(new ChangePasswordCommand({ OldPassword: "First-Horse-1", NewPassword: "Second-Horse-2" })),
    ).rejects.toMatchObject({
      name: "InvalidUserTypeException",
      message: "Only IAM Users can change their own password",
    });
  });
});

describe("a password's hash", () => {
  it("is salted, and opens for the same password however its accents are typed", async () => {
    const random = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };
    const first = await hashPassword("Caf\u00e9-Horse-1", random);
    expect(first).not.toBe(await hashPassword("Caf\u00e9-Horse-1", random));
    expect(await isPassword("Cafe\u0301-Horse-1", first)).toBe(true);
    expect(await isPassword("Cafe-Horse-1", first)).toBe(false);
    expect(await isPassword("x", "md5.1.2.3")).toBe(false);
  });
});

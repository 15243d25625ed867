import {
  CreateAccountAliasCommand,
  CreateLoginProfileCommand,
  CreateVirtualMFADeviceCommand,
  DeleteLoginProfileCommand,
  EnableMFADeviceCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  ListUsersCommand,
  UpdateAccountPasswordPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, GetFederationTokenCommand } from "@aws-sdk/client-sts";
import { type SignInAnswer, signInEvent } from "@hotkeep/identity";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signInAttemptsMs, signInSeconds, signInsAtOnceMax, signInWrongMax } from "../src/limits.js";
import { fromBase32 } from "../src/mfa/base32.js";
import { codeAt, stepAt } from "../src/mfa/totp.js";
import { account, allow, policy, World } from "./world.js";

const UserName = "Alice";
const password = "Correct-horse-7";
const aliceArn = `arn:aws:iam::${account}:user/Alice`;
const incorrect = "Your authentication information is incorrect. Please try again.";
const dayMs = 24 * 60 * 60 * 1000;

let world: World;
beforeEach(async () => {
  world = await World.open();
  await world.userWith(UserName, policy(allow(["iam:*", "sts:*"])));
});
afterEach(() => world.close());

const profile = (more: { readonly PasswordResetRequired?: boolean } = {}) =>
  world.iam().send(new CreateLoginProfileCommand({ UserName, Password: password, ...more }));
const signIn = (more: object = {}) =>
  world.identity.signIn({ userName: UserName, password, sourceIp: "127.0.0.1", ...more });

function session(answer: SignInAnswer) {
  if (answer.kind !== "session") throw new Error(`not signed in: ${JSON.stringify(answer)}`);
  return answer;
}

/** An MFA device for Alice; gives its codes by steps from now. */
async function enableDevice(): Promise<(steps?: number) => string> {
  const iam = world.iam();
  const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone" }));
  const secret = fromBase32(Buffer.from(VirtualMFADevice!.Base32StringSeed!).toString());
  const code = (steps = 0) => codeAt(secret, stepAt(world.clock.now()) + steps);
  await iam.send(
    new EnableMFADeviceCommand({
      UserName,
      SerialNumber: VirtualMFADevice!.SerialNumber!,
      AuthenticationCode1: code(-1),
      AuthenticationCode2: code(),
    }),
  );
  return code;
}

describe("signing in with a password", () => {
  it("gives credentials that are the user for twelve hours, and may call IAM as GetSessionToken's may not", async () => {
    await profile();
    const signed = session(await signIn({ userName: "alice" }));
    expect(signed).toMatchObject({ userArn: aliceArn, code: false });
    expect(signed.expiresAt).toBe(Math.floor(world.clock.now() / 1000) * 1000 + signInSeconds * 1000);
    expect((await world.sts(signed).send(new GetCallerIdentityCommand({}))).Arn).toBe(aliceArn);
    expect((await world.iam(signed).send(new ListUsersCommand({}))).Users).toHaveLength(1);
    await expect(world.sts(signed).send(new GetFederationTokenCommand({ Name: "Guest" }))).rejects.toThrow(
      "Cannot call GetFederationToken with session credentials",
    );
    await world.clock.advance(signInSeconds * 1000 + 1000);
    await expect(world.iam(signed).send(new ListUsersCommand({}))).rejects.toThrow("expired");
  });

  it("is remembered: PasswordLastUsed, and the credential report", async () => {
    await profile();
    const of = async () => (await world.iam().send(new GetUserCommand({ UserName }))).User!.PasswordLastUsed;
    expect(await of()).toBeUndefined();
    session(await signIn());
    expect((await of())!.getTime()).toBe(Math.floor(world.clock.now() / 1000) * 1000);
    await world.iam().send(new GenerateCredentialReportCommand({}));
    const { Content } = await world.iam().send(new GetCredentialReportCommand({}));
    const row = Buffer.from(Content!).toString().split("\n")[2]!.split(",");
    expect(row[4]).toBe(`${new Date(world.clock.now()).toISOString().slice(0, 19)}+00:00`);
  });

  it("tells a wrong password, an unknown name and a user without a password the same", async () => {
    expect(await signIn()).toMatchObject({ kind: "refused", message: incorrect });
    await profile();
    expect(await signIn({ password: "Wrong-horse-7" })).toEqual({
      ...{ kind: "refused", message: incorrect },
      ...{ userArn: aliceArn, userId: expect.stringMatching(/^AIDA/) },
    });
    expect(await signIn({ userName: "Nobody" })).toEqual({ kind: "refused", message: incorrect });
    await world.iam().send(new DeleteLoginProfileCommand({ UserName }));
    expect(await signIn()).toEqual({ kind: "refused", message: incorrect });
  });

  it("is for the account that is named by number or alias", async () => {
    await profile();
    await world.iam().send(new CreateAccountAliasCommand({ AccountAlias: "library" }));
    expect((await signIn({ account })).kind).toBe("session");
    expect((await signIn({ account: "library" })).kind).toBe("session");
    expect(await signIn({ account: "999999999999" })).toEqual({ kind: "refused", message: incorrect });
  });

  it("ends after too many wrong passwords from one address, for a while", async () => {
    await profile();
    for (let wrong = 0; wrong < signInWrongMax; wrong++) {
      expect((await signIn({ password: "wrong" })).kind).toBe("refused");
    }
    expect(await signIn()).toEqual({
      kind: "too-many",
      message: "Too many attempts to sign in. Try again in a few minutes.",
    });
    expect((await signIn({ sourceIp: "127.0.0.2" })).kind).toBe("session");
    await world.clock.advance(signInAttemptsMs);
    expect((await signIn()).kind).toBe("session");
  });

  it("compares a bounded number of passwords at once", async () => {
    await profile();
    const names = Array.from({ length: signInsAtOnceMax + 3 }, (_, at) => `Nobody${at}`);
    const answers = await Promise.all(names.map((userName) => signIn({ userName })));
    expect(answers.filter(({ kind }) => kind === "too-many")).toHaveLength(3);
  });

  it("asks for a code where there is a device, and takes each code once", async () => {
    await profile();
    const code = await enableDevice();
    expect(await signIn()).toEqual({ kind: "incomplete", newPassword: false, code: true });
    expect(await signIn({ code: "000000" })).toMatchObject({ kind: "refused", message: incorrect });
    const signed = session(await signIn({ code: code(1) }));
    expect(signed.code).toBe(true);
    expect(world.identity.ownerOf(signed.accessKeyId)?.session).toMatchObject({ multiFactorAuth: true });
    expect((await signIn({ code: code(1) })).kind).toBe("refused");
    expect((await signIn({ password: "wrong", code: code(1) })).kind).toBe("refused");
  });

  it("asks for a new password where one is required, under the account's policy, and for everything at once", async () => {
    await profile({ PasswordResetRequired: true });
    const code = await enableDevice();
    expect(await signIn()).toEqual({ kind: "incomplete", newPassword: true, code: true });
    const shown = { code: code(1) };
    expect(await signIn(shown)).toEqual({ kind: "incomplete", newPassword: true, code: true });
    expect(await signIn({ ...shown, newPassword: "short" })).toEqual({
      kind: "new-password-refused",
      message: "Password should have a minimum length of 8",
    });
    expect(await signIn({ ...shown, newPassword: password })).toEqual({
      kind: "new-password-refused",
      message: "The new password must be another one.",
    });
    // Nothing that was refused before has used the code up.
    session(await signIn({ ...shown, newPassword: "Staple-horse-8" }));
    expect((await signIn()).kind).toBe("refused");
    await world.clock.advance(60_000);
    session(await signIn({ password: "Staple-horse-8", code: code(1) }));
  });

  it("takes a new password for one that has run out, unless the account says that an administrator must", async () => {
    await profile();
    await world.iam().send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 30 }));
    await world.clock.advance(29 * dayMs);
    expect((await signIn()).kind).toBe("session");
    await world.clock.advance(dayMs);
    expect(await signIn()).toEqual({ kind: "incomplete", newPassword: true, code: false });
    await world.iam().send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 30, HardExpiry: true }));
    expect(await signIn({ newPassword: "Staple-horse-8" })).toMatchObject({
      kind: "refused",
      message: "Your password has expired. Ask your administrator for a new one.",
    });
  });

  it("is in the trail as ConsoleLogin, but not for names that nobody has", async () => {
    await profile();
    const who = {
      ...{ userName: UserName, at: 0, region: "us-west-2", sourceIp: "127.0.0.1", userAgent: "test" },
      page: "http://127.0.0.1/console/",
    };
    const event = (answer: SignInAnswer) => signInEvent(answer, who, { eventId: "e", account });
    expect(event(await signIn())).toMatchObject({
      eventName: "ConsoleLogin",
      eventSource: "signin.amazonaws.com",
      eventType: "AwsConsoleSignIn",
      userIdentity: { type: "IAMUser", arn: aliceArn, userName: UserName, accountId: account },
      responseElements: { ConsoleLogin: "Success" },
      additionalEventData: { MFAUsed: "No", LoginTo: who.page },
    });
    expect(event(await signIn({ password: "wrong" }))).toMatchObject({
      errorMessage: "Failed authentication",
      responseElements: { ConsoleLogin: "Failure" },
    });
    expect(event(await signIn({ userName: "My-pass-word-1" }))).toBeUndefined();
    expect(event({ kind: "incomplete", newPassword: false, code: true })).toBeUndefined();
  });
});

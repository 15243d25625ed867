import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetGroupCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateAccessKeyCommand,
  UpdateGroupCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

describe("users", () => {
  it("are made with id, path and ARN, found ignoring case, and listed without their tags", async () => {
    const iam = world.iam();
    const { User } = await iam.send(
      new CreateUserCommand({ UserName: "Alice", Path: "/team/", Tags: [{ Key: "Team", Value: "books" }] }),
    );
    expect(User).toMatchObject({
      UserName: "Alice",
      Path: "/team/",
      Arn: `arn:aws:iam::${account}:user/team/Alice`,
      Tags: [{ Key: "Team", Value: "books" }],
    });
    expect(User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect((await iam.send(new GetUserCommand({ UserName: "ALICE" }))).User?.UserId).toBe(User?.UserId);
    const { Users } = await iam.send(new ListUsersCommand({ PathPrefix: "/team/" }));
    expect(Users?.map(({ UserName, Tags }) => [UserName, Tags])).toEqual([["Alice", undefined]]);
  });

  it("have names that are unique ignoring case, whatever the path", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const again = iam.send(new CreateUserCommand({ UserName: "alice", Path: "/other/" }));
    await expect(again).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "User with name alice already exists.",
    });
  });

  it("that do not exist are named in the error", async () => {
    await expect(world.iam().send(new GetUserCommand({ UserName: "nobody" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The user with name nobody cannot be found.",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("are who GetUser means when it names nobody", async () => {
    const keys = await userWithKey("Alice");
    await world.iam().send(
      new PutUserPolicyCommand({
        UserName: "Alice",
        PolicyName: "own",
        PolicyDocument: policy(allow("iam:GetUser", `arn:aws:iam::${account}:user/\${aws:username}`)),
      }),
    );
    expect((await world.iam(keys).send(new GetUserCommand({}))).User?.UserName).toBe("Alice");
    const root = await world.iam().send(new GetUserCommand({}));
    expect(root.User).toMatchObject({ UserId: account, Arn: `arn:aws:iam::${account}:root` });
    expect(root.User?.UserName).toBeUndefined();
  });

  it("keep id, keys and policies when they are renamed", async () => {
    const keys = await userWithKey("Alice");
    const iam = world.iam();
    const before = await iam.send(new GetUserCommand({ UserName: "Alice" }));
    await iam.send(new UpdateUserCommand({ UserName: "Alice", NewUserName: "Alicia", NewPath: "/x/" }));
    const after = await iam.send(new GetUserCommand({ UserName: "Alicia" }));
    expect(after.User?.UserId).toBe(before.User?.UserId);
    const who = await world.sts(keys).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(`arn:aws:iam::${account}:user/x/Alicia`);
    await expect(iam.send(new GetUserCommand({ UserName: "Alice" }))).rejects.toThrow("cannot be found");
  });

  it("can be deleted only when nothing hangs on them", async () => {
    const { accessKeyId } = await userWithKey("Alice");
    const iam = world.iam();
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    await iam.send(new AddUserToGroupCommand({ GroupName: "Readers", UserName: "Alice" }));
    const arn = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess";
    await iam.send(new AttachUserPolicyCommand({ UserName: "Alice", PolicyArn: arn }));
    const document = policy(allow("dax:*"));
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "p", PolicyDocument: document }));
    const deletion = () => iam.send(new DeleteUserCommand({ UserName: "Alice" }));
    const conflict = (message: string) => ({ name: "DeleteConflictException", message });

    await expect(deletion()).rejects.toMatchObject(conflict("Cannot delete entity, must delete access keys first."));
    await iam.send(new DeleteAccessKeyCommand({ UserName: "Alice", AccessKeyId: accessKeyId }));
    await expect(deletion()).rejects.toMatchObject(conflict("Cannot delete entity, must delete policies first."));
    await iam.send(new DeleteUserPolicyCommand({ UserName: "Alice", PolicyName: "p" }));
    await expect(deletion()).rejects.toMatchObject(conflict("Cannot delete entity, must detach all policies first."));
    await iam.send(new DetachUserPolicyCommand({ UserName: "Alice", PolicyArn: arn }));
    await expect(deletion()).rejects.toMatchObject(
      conflict("Cannot delete entity, must remove referenced objects first."),
    );
    await iam.send(new RemoveUserFromGroupCommand({ GroupName: "Readers", UserName: "Alice" }));
    await deletion();
    await expect(iam.send(new GetUserCommand({ UserName: "Alice" }))).rejects.toThrow("cannot be found");
  });

  it("are listed page by page, in the order of their names", async () => {
    const iam = world.iam();
    for (const name of ["bob", "Alice", "Dora", "carol"]) await iam.send(new CreateUserCommand({ UserName: name }));
    const first = await iam.send(new ListUsersCommand({ MaxItems: 3 }));
    expect(first.Users?.map(({ UserName }) => UserName)).toEqual(["Alice", "bob", "carol"]);
    expect(first.IsTruncated).toBe(true);
    const second = await iam.send(new ListUsersCommand({ MaxItems: 3, Marker: first.Marker }));
    expect(second).toMatchObject({ IsTruncated: false, Users: [{ UserName: "Dora" }] });
    expect(second.Marker).toBeUndefined();
    await expect(iam.send(new ListUsersCommand({ Marker: "nonsense" }))).rejects.toMatchObject({
      name: "ValidationError",
      message: "Invalid Marker.",
    });
  });
});

describe("inline policies", () => {
  it("come back byte for byte, percent-encoded", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const document = `{ "Version": "2012-10-17",\n  "Statement": [${JSON.stringify(allow("dax:Get*"))}] }`;
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "p", PolicyDocument: document }));
    const got = await iam.send(new GetUserPolicyCommand({ UserName: "Alice", PolicyName: "p" }));
    expect(got.PolicyDocument).not.toContain("*");
    expect(decodeURIComponent(got.PolicyDocument!)).toBe(document);
    expect((await iam.send(new ListUserPoliciesCommand({ UserName: "Alice" }))).PolicyNames).toEqual(["p"]);
  });

  it("are held to IAM's grammar and to the quota of all together, white space not counted", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    const put = (PolicyName: string, PolicyDocument: string) =>
      iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName, PolicyDocument }));
    await expect(put("p", "{}")).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: "Syntax errors in policy.",
    });
    const long = (length: number) => policy({ ...allow("dax:GetItem"), Sid: "x".repeat(length) });
    await put("spacious", `${long(900)}${" ".repeat(5000)}`);
    await expect(put("more", long(1000))).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Maximum policy size of 2048 bytes exceeded for user Alice",
    });
  });

  it("that do not exist are named in the error, also under names that objects have", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    for (const name of ["p", "toString", "__proto__"]) {
      const message = `The user policy with name ${name} cannot be found.`;
      const input = { UserName: "Alice", PolicyName: name };
      await expect(iam.send(new GetUserPolicyCommand(input))).rejects.toMatchObject({ message });
      await expect(iam.send(new DeleteUserPolicyCommand(input))).rejects.toMatchObject({ message });
    }
  });
});

describe("access keys", () => {
  it("show their secret once and sign from then on", async () => {
    const keys = await userWithKey("Alice");
    expect(keys.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(keys.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    const who = await world.sts(keys).send(new GetCallerIdentityCommand({}));
    expect(who).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/Alice` });
    const { AccessKeyMetadata } = await world.iam().send(new ListAccessKeysCommand({ UserName: "Alice" }));
    expect(AccessKeyMetadata).toHaveLength(1);
    expect(JSON.stringify(AccessKeyMetadata)).not.toContain(keys.secretAccessKey);
  });

  it("are two a user at most", async () => {
    await userWithKey("Alice");
    const iam = world.iam();
    await iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }));
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }))).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
  });

  it("stop working when they are deactivated or deleted, with the same error as unknown ones", async () => {
    const keys = await userWithKey("Alice");
    const iam = world.iam();
    const status = (Status: "Active" | "Inactive") =>
      iam.send(new UpdateAccessKeyCommand({ UserName: "Alice", AccessKeyId: keys.accessKeyId, Status }));
    const call = () => world.sts(keys).send(new GetCallerIdentityCommand({}));
    const refusal = {
      name: "InvalidClientTokenId",
      message: "The security token included in the request is invalid.",
      $metadata: { httpStatusCode: 403 },
    };
    await status("Inactive");
    await expect(call()).rejects.toMatchObject(refusal);
    await status("Active");
    await call();
    await iam.send(new DeleteAccessKeyCommand({ UserName: "Alice", AccessKeyId: keys.accessKeyId }));
    await expect(call()).rejects.toMatchObject(refusal);
  });

  it("tell when and for what they were last used", async () => {
    const keys = await userWithKey("Alice");
    const ask = () => world.iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId: keys.accessKeyId }));
    expect((await ask()).AccessKeyLastUsed).toMatchObject({ ServiceName: "N/A", Region: "N/A" });
    await world.sts(keys).send(new GetCallerIdentityCommand({}));
    const { AccessKeyLastUsed, UserName } = await ask();
    expect(UserName).toBe("Alice");
    expect(AccessKeyLastUsed).toMatchObject({ ServiceName: "sts", Region: "us-west-2" });
  });

  it("of root are made, listed and deleted without a user's name", async () => {
    const iam = world.iam();
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({}));
    expect((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(2);
    await expect(world.identity.createRootKey()).rejects.toThrow("Cannot exceed quota for AccessKeysPerUser: 2");
    await iam.send(new DeleteAccessKeyCommand({ AccessKeyId: AccessKey!.AccessKeyId }));
    expect((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(1);
  });

  it("never stand in the store in clear", async () => {
    const { secretAccessKey } = await userWithKey("Alice");
    const everything = JSON.stringify(await world.store.range({ start: "a", end: "~" }));
    expect(everything).toContain("access-key");
    expect(everything).not.toContain(secretAccessKey);
    expect(everything).not.toContain(world.root.secretAccessKey);
  });
});

describe("groups", () => {
  it("have members, survive renaming and cannot be deleted before they are empty", async () => {
    const iam = world.iam();
    await iam.send(new CreateGroupCommand({ GroupName: "Readers" }));
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    await iam.send(new AddUserToGroupCommand({ GroupName: "Readers", UserName: "Alice" }));
    await iam.send(new UpdateGroupCommand({ GroupName: "Readers", NewGroupName: "Lectors" }));
    const { Group, Users } = await iam.send(new GetGroupCommand({ GroupName: "Lectors" }));
    expect(Group?.Arn).toBe(`arn:aws:iam::${account}:group/Lectors`);
    expect(Users?.map(({ UserName }) => UserName)).toEqual(["Alice"]);
    const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName: "Alice" }));
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(["Lectors"]);
    await expect(iam.send(new DeleteGroupCommand({ GroupName: "Lectors" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must remove users from group first.",
    });
    await iam.send(new RemoveUserFromGroupCommand({ GroupName: "Lectors", UserName: "Alice" }));
    await iam.send(new DeleteGroupCommand({ GroupName: "Lectors" }));
  });

  it("are ten a user at most", async () => {
    const iam = world.iam();
    await iam.send(new CreateUserCommand({ UserName: "Alice" }));
    for (let at = 0; at <= 10; at++) await iam.send(new CreateGroupCommand({ GroupName: `g${at}` }));
    for (let at = 0; at < 10; at++) {
      await iam.send(new AddUserToGroupCommand({ GroupName: `g${at}`, UserName: "Alice" }));
    }
    const eleventh = iam.send(new AddUserToGroupCommand({ GroupName: "g10", UserName: "Alice" }));
    await expect(eleventh).rejects.toThrow("Cannot exceed quota for GroupsPerUser: 10");
  });
});

import { awsClients, type Endpoint, type Keys } from "../clients.js";
import type { Suspects } from "./bench.js";

interface SdkCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** Keys out of an SDK's answer. */
export function keysOf(made: SdkCredentials | undefined): Keys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = made!;
  const keys = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! };
  return SessionToken === undefined ? keys : { ...keys, sessionToken: SessionToken };
}

/** A trust policy for one kind of principal. */
export const trusting = (principal: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
  });

const everything = "arn:aws:iam::aws:policy/AdministratorAccess";

/** Makes credentials of every fate; all of them could do anything once. */
export async function gatherSuspects(at: Endpoint, root: Keys, foreign: Keys, account: string): Promise<Suspects> {
  const { iam, sts } = awsClients(at, root);
  const user = async (UserName: string): Promise<Keys> => {
    await iam.createUser({ UserName });
    await iam.attachUserPolicy({ UserName, PolicyArn: everything });
    return keysOf((await iam.createAccessKey({ UserName })).AccessKey);
  };
  const trust = trusting({ AWS: `arn:aws:iam::${account}:root` });
  const role = async (RoleName: string): Promise<void> => {
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
    await iam.attachRolePolicy({ RoleName, PolicyArn: everything });
  };
  const dropRole = async (RoleName: string): Promise<void> => {
    await iam.detachRolePolicy({ RoleName, PolicyArn: everything });
    await iam.deleteRole({ RoleName });
  };

  const other = await user("Other");
  const others = awsClients(at, other).sts;
  const assume = async (name: string, RoleSessionName: string): Promise<Keys> => {
    const RoleArn = `arn:aws:iam::${account}:role/${name}`;
    return keysOf((await others.assumeRole({ RoleArn, RoleSessionName })).Credentials);
  };
  await role("Keeper");
  const session = await assume("Keeper", "first");
  const otherSession = await assume("Keeper", "second");

  const inactive = await user("Inactive");
  await iam.updateAccessKey({ UserName: "Inactive", AccessKeyId: inactive.accessKeyId, Status: "Inactive" });
  const deleted = await user("KeyLess");
  await iam.deleteAccessKey({ UserName: "KeyLess", AccessKeyId: deleted.accessKeyId });

  const ofDeletedUser = await user("Gone");
  const gone = awsClients(at, ofDeletedUser).sts;
  const sessionOfDeletedUser = keysOf((await gone.getSessionToken({})).Credentials);
  const federated = await gone.getFederationToken({ Name: "Guest", PolicyArns: [{ arn: everything }] });
  await iam.deleteAccessKey({ UserName: "Gone", AccessKeyId: ofDeletedUser.accessKeyId });
  await iam.detachUserPolicy({ UserName: "Gone", PolicyArn: everything });
  await iam.deleteUser({ UserName: "Gone" });

  await role("GoneRole");
  const sessionOfDeletedRole = await assume("GoneRole", "orphan");
  await dropRole("GoneRole");
  await role("PhoenixRole");
  const sessionOfRecreatedRole = await assume("PhoenixRole", "before");
  await dropRole("PhoenixRole");
  await role("PhoenixRole");
  sts.destroy();

  return {
    root,
    other,
    session,
    otherSession,
    inactive,
    deleted,
    ofDeletedUser,
    sessionOfDeletedUser,
    federatedByDeletedUser: keysOf(federated.Credentials),
    sessionOfDeletedRole,
    sessionOfRecreatedRole,
    foreign,
  };
}

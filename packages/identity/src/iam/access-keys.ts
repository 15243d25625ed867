import { type PermissionRequest, permission } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { sealingPurpose } from "../directory/callers.js";
import { noSuch, noSuchEntity, quotaExceeded } from "../errors.js";
import type { NewAccessKey } from "../face.js";
import { quotas } from "../limits.js";
import type { Realm } from "../realm.js";
import { accessKeys, accountKey, accounts, lastUses, users } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { AccessKeyRecord } from "../records/types.js";
import { newAccessKeyId, newSecretAccessKey } from "../sessions/secrets.js";
import { onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginateInOrder } from "./page.js";
import { callersUser, requireUser } from "./users.js";

/** Whose keys are meant: a user by name, or the account's root. */
type Owner = { readonly kind: "user"; readonly name: string } | { readonly kind: "root" };

function ownerOf(realm: Realm, userName: string | undefined, call: CallContext): Owner {
  if (userName !== undefined) return { kind: "user", name: userName };
  if (call.principal.kind === "root") return { kind: "root" };
  return { kind: "user", name: callersUser(realm, call).name };
}

function onOwner(realm: Realm, action: string, userName: string | undefined, call: CallContext): PermissionRequest {
  const { principal } = call;
  const name = userName ?? (principal.kind === "user" ? principal.name : undefined);
  if (name !== undefined) return onUser(realm, action, name);
  return permission(`iam:${action}`, principal.kind === "root" ? realm.directory.arns.root : "*");
}

/** The owner's id and key list, and how to write a new list back. */
async function keysOf(realm: Realm, tx: RecordTransaction, owner: Owner) {
  if (owner.kind === "user") {
    const user = await requireUser(tx, owner.name);
    return {
      ownerId: user.id,
      keys: user.keys,
      save: (keys: readonly string[]) => tx.put(users, user.name, { ...user, keys }),
    };
  }
  const settings = (await tx.get(accounts, accountKey))!;
  return {
    ownerId: realm.account,
    keys: settings.rootKeys,
    save: (rootKeys: readonly string[]) => tx.put(accounts, accountKey, { ...settings, rootKeys }),
  };
}

async function requireKey(realm: Realm, tx: RecordTransaction, owner: Owner, id: string) {
  const list = await keysOf(realm, tx, owner);
  const key = list.keys.includes(id) ? await tx.get(accessKeys, id) : undefined;
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return { key, list };
}

/**
 * Makes a key pair; its secret is stored sealed and shown only here.
 *
 * @throws AwsError `LimitExceededException` when the owner has two.
 */
export async function makeAccessKey(
  realm: Realm,
  owner: Owner,
): Promise<NewAccessKey & { readonly record: AccessKeyRecord }> {
  const { random, clock, sealer, records } = realm;
  const accessKeyId = newAccessKeyId(random);
  const secretAccessKey = newSecretAccessKey(random);
  const sealedSecret = sealer.seal(secretAccessKey, sealingPurpose(accessKeyId));
  const record = await records.edit(async (tx) => {
    const list = await keysOf(realm, tx, owner);
    if (list.keys.length >= quotas.accessKeysPerUser) {
      throw quotaExceeded("AccessKeysPerUser", quotas.accessKeysPerUser);
    }
    const key: AccessKeyRecord = {
      id: accessKeyId,
      ownerId: list.ownerId,
      sealedSecret,
      status: "Active",
      createdAt: clock.now(),
    };
    tx.put(accessKeys, accessKeyId, key);
    list.save([...list.keys, accessKeyId]);
    return key;
  });
  return { accessKeyId, secretAccessKey, record };
}

/** Root has no user name. */
function nameShape(owner: Owner): { readonly UserName: string | undefined } {
  return { UserName: owner.kind === "user" ? owner.name : undefined };
}

/** Access keys of users and of root. */
export const accessKeyOperations: OperationFamily = (realm) => {
  const { directory, records } = realm;
  return [
    operation("CreateAccessKey", {
      needs: ({ UserName }, call) => [onOwner(realm, "CreateAccessKey", UserName, call)],
      handle: async ({ UserName }, call) => {
        const owner = ownerOf(realm, UserName, call);
        const { record, secretAccessKey } = await makeAccessKey(realm, owner);
        return {
          AccessKey: {
            ...nameShape(owner),
            AccessKeyId: record.id,
            Status: record.status,
            SecretAccessKey: secretAccessKey,
            CreateDate: new Date(record.createdAt),
          },
        };
      },
    }),

    operation("ListAccessKeys", {
      needs: ({ UserName }, call) => [onOwner(realm, "ListAccessKeys", UserName, call)],
      handle: ({ UserName, ...input }, call) => {
        const owner = ownerOf(realm, UserName, call);
        const user = owner.kind === "user" ? directory.user(owner.name) : undefined;
        if (owner.kind === "user" && user === undefined) throw noSuch("user", owner.name);
        const ids = user === undefined ? (directory.settings()?.rootKeys ?? []) : user.keys;
        const { items, rest } = paginateInOrder(
          ids.flatMap((id) => directory.accessKeys.get(id) ?? []),
          input,
        );
        return {
          AccessKeyMetadata: items.map(({ id, status, createdAt }) => ({
            ...nameShape(user === undefined ? owner : { kind: "user", name: user.name }),
            AccessKeyId: id,
            Status: status,
            CreateDate: new Date(createdAt),
          })),
          ...rest,
        };
      },
    }),

    operation("UpdateAccessKey", {
      needs: ({ UserName }, call) => [onOwner(realm, "UpdateAccessKey", UserName, call)],
      handle: async ({ UserName, AccessKeyId, Status }, call) => {
        const owner = ownerOf(realm, UserName, call);
        await records.edit(async (tx) => {
          const { key } = await requireKey(realm, tx, owner, AccessKeyId);
          tx.put(accessKeys, AccessKeyId, { ...key, status: Status === "Active" ? "Active" : "Inactive" });
        });
        return {};
      },
    }),

    operation("DeleteAccessKey", {
      needs: ({ UserName }, call) => [onOwner(realm, "DeleteAccessKey", UserName, call)],
      handle: async ({ UserName, AccessKeyId }, call) => {
        const owner = ownerOf(realm, UserName, call);
        await records.edit(async (tx) => {
          const { list } = await requireKey(realm, tx, owner, AccessKeyId);
          list.save(list.keys.filter((id) => id !== AccessKeyId));
          tx.delete(accessKeys, AccessKeyId);
          tx.delete(lastUses, AccessKeyId);
        });
        return {};
      },
    }),

    operation("GetAccessKeyLastUsed", {
      needs: ({ AccessKeyId }) => {
        const ownerId = directory.accessKeys.get(AccessKeyId)?.ownerId;
        const owner = ownerId === undefined ? undefined : directory.users.one("id", ownerId);
        if (owner !== undefined) return [onUser(realm, "GetAccessKeyLastUsed", owner.name)];
        return [permission("iam:GetAccessKeyLastUsed", "*")];
      },
      handle: ({ AccessKeyId }) => {
        const key = directory.accessKeys.get(AccessKeyId);
        if (key === undefined) throw noSuchEntity(`The Access Key with id ${AccessKeyId} cannot be found.`);
        const user = directory.users.one("id", key.ownerId);
        const use = directory.lastUses.get(AccessKeyId);
        return {
          ...(user === undefined ? {} : { UserName: user.name }),
          AccessKeyLastUsed:
            use === undefined
              ? { ServiceName: "N/A", Region: "N/A", LastUsedDate: undefined }
              : { LastUsedDate: new Date(use.at), ServiceName: use.service, Region: use.region },
        };
      },
    }),
  ];
};

import { AwsError, type PermissionRequest, permission } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { alreadyExists, deleteConflict, noSuch, noSuchEntity, quotaExceeded } from "../errors.js";
import { quotas } from "../limits.js";
import { toBase32 } from "../mfa/base32.js";
import { qrPng } from "../mfa/qr-png.js";
import { seedPurpose } from "../mfa/second-factor.js";
import { stepAt } from "../mfa/totp.js";
import type { Realm } from "../realm.js";
import { mfaDevices, users } from "../records/tables.js";
import type { RecordTransaction } from "../records/transaction.js";
import type { MfaDeviceRecord, UserRecord } from "../records/types.js";
import { onNothing, onTagged, onUser, requestTags } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { paginate, paginateInOrder } from "./page.js";
import { userShape, wholeSeconds } from "./shapes.js";
import { mergeTags, withoutTags } from "./tag-rules.js";
import { callersUser, requireUser } from "./users.js";

/** 64 letters of base32, as AWS's. */
const SEED_BYTES = 40;
/** How far a device's clock may be off when it is enabled, in steps of 30 s. */
const ENABLE_REACH = 3;
/** How far it may be off when it is resynchronised: an hour. */
const RESYNC_REACH = 120;

function missing(serial: string): AwsError {
  return noSuchEntity(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
}

function notTheirs(userName: string): AwsError {
  return noSuchEntity(`MFA Device invalid for user ${userName}.`);
}

function wrongCode(): AwsError {
  return new AwsError("InvalidAuthenticationCodeException", "Authentication code for device is not valid.", {
    status: 403,
  });
}

async function requireDevice(tx: RecordTransaction, serial: string): Promise<MfaDeviceRecord> {
  const device = await tx.get(mfaDevices, serial);
  if (device === undefined) throw missing(serial);
  return device;
}

/** A device that is enabled for this user, in a transaction. */
async function requireEnabled(tx: RecordTransaction, user: UserRecord, serial: string): Promise<MfaDeviceRecord> {
  const device = await requireDevice(tx, serial);
  if (device.userId !== user.id) throw notTheirs(user.name);
  return device;
}

function onDevice(realm: Realm, action: string, serial: string, context = {}): PermissionRequest {
  return onTagged(action, serial, realm.directory.mfaDevice(serial)?.tags, context);
}

/** Virtual devices for a second factor. */
export const mfaDeviceOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random, sealer, secondFactor } = realm;
  const onOwner = (action: string, name: string | undefined, { principal }: CallContext) =>
    onUser(realm, action, name ?? (principal.kind === "user" ? principal.name : "*"));
  const findDevice = (serial: string) => {
    const device = directory.mfaDevice(serial);
    if (device === undefined) throw missing(serial);
    return device;
  };
  const ownerOf = ({ userId }: MfaDeviceRecord) =>
    userId === undefined ? undefined : directory.users.one("id", userId);
  return [
    operation("CreateVirtualMFADevice", {
      needs: ({ Path = "/", VirtualMFADeviceName, Tags }) => {
        const arn = directory.arns.mfaDevice(Path, VirtualMFADeviceName);
        return [permission("iam:CreateVirtualMFADevice", arn, requestTags(Tags))];
      },
      handle: async ({ Path: path = "/", VirtualMFADeviceName: name, Tags }) => {
        if (directory.mfaDevices.size >= quotas.mfaDevices) {
          throw quotaExceeded("VirtualMFADevicesPerAccount", quotas.mfaDevices);
        }
        const serial = directory.arns.mfaDevice(path, name);
        const seed = toBase32(random.bytes(SEED_BYTES));
        const sealedSeed = sealer.seal(seed, seedPurpose(serial));
        const tags = mergeTags([], Tags);
        const device: MfaDeviceRecord = { serial, path, name, createdAt: clock.now(), tags, sealedSeed };
        await records.edit(async (tx) => {
          if ((await tx.get(mfaDevices, serial)) !== undefined) {
            throw alreadyExists("MFADevice entity at the same path and name already exists.");
          }
          tx.put(mfaDevices, serial, device);
        });
        // The documented form of the text in the code; it is read by authenticator apps.
        const holder = directory.settings()?.aliases[0] ?? realm.account;
        const uri = `otpauth://totp/${encodeURIComponent(name)}@${holder}?secret=${seed}`;
        const shown = { SerialNumber: serial, Base32StringSeed: Buffer.from(seed), QRCodePNG: qrPng(uri) };
        return { VirtualMFADevice: tags.length === 0 ? shown : { ...shown, Tags: [...tags] } };
      },
    }),

    operation("EnableMFADevice", {
      needs: ({ UserName }) => [onUser(realm, "EnableMFADevice", UserName)],
      handle: async ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }) => {
        const codes = [AuthenticationCode1, AuthenticationCode2] as const;
        const device = findDevice(SerialNumber);
        const user = directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName);
        if (device.userId !== undefined) throw alreadyExists("MFA device is already in use.");
        const step = secondFactor.stepOfPair(device, codes, ENABLE_REACH);
        if (step === undefined) throw wrongCode();
        await records.edit(async (tx) => {
          const owner = await requireUser(tx, UserName);
          const known = await requireDevice(tx, SerialNumber);
          if (known.userId !== undefined) throw alreadyExists("MFA device is already in use.");
          const present = owner.mfaDevices ?? [];
          if (present.length >= quotas.mfaDevicesPerUser) {
            throw quotaExceeded("MFADevicesPerUser", quotas.mfaDevicesPerUser);
          }
          tx.put(users, owner.name, { ...owner, mfaDevices: [...present, known.serial] });
          const now = clock.now();
          const enabled = { userId: owner.id, enabledAt: now, driftSteps: step + 1 - stepAt(now), lastStep: step + 1 };
          tx.put(mfaDevices, known.serial, { ...known, ...enabled });
        });
        return {};
      },
    }),

    operation("ResyncMFADevice", {
      needs: ({ UserName }) => [onUser(realm, "ResyncMFADevice", UserName)],
      handle: async ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }) => {
        const codes = [AuthenticationCode1, AuthenticationCode2] as const;
        const device = findDevice(SerialNumber);
        const user = directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName);
        if (device.userId !== user.id) throw notTheirs(user.name);
        const step = secondFactor.stepOfPair(device, codes, RESYNC_REACH);
        if (step === undefined) throw wrongCode();
        await records.edit(async (tx) => {
          const known = await requireEnabled(tx, await requireUser(tx, UserName), SerialNumber);
          if ((known.lastStep ?? -1) > step) throw wrongCode();
          const driftSteps = step + 1 - stepAt(clock.now());
          tx.put(mfaDevices, known.serial, { ...known, driftSteps, lastStep: step + 1 });
        });
        return {};
      },
    }),

    operation("DeactivateMFADevice", {
      needs: ({ UserName }, call) => [onOwner("DeactivateMFADevice", UserName, call)],
      handle: async ({ UserName, SerialNumber }, call) => {
        const name = UserName ?? callersUser(realm, call).name;
        await records.edit(async (tx) => {
          const user = await requireUser(tx, name);
          const known = await requireEnabled(tx, user, SerialNumber);
          const left = (user.mfaDevices ?? []).filter((serial) => serial !== known.serial);
          tx.put(users, user.name, { ...user, mfaDevices: left });
          const { userId: _owner, enabledAt: _when, driftSteps: _drift, ...device } = known;
          tx.put(mfaDevices, known.serial, device);
        });
        return {};
      },
    }),

    operation("DeleteVirtualMFADevice", {
      needs: ({ SerialNumber }) => [onDevice(realm, "DeleteVirtualMFADevice", SerialNumber)],
      handle: async ({ SerialNumber }) => {
        await records.edit(async (tx) => {
          const device = await requireDevice(tx, SerialNumber);
          if (device.userId !== undefined) throw deleteConflict("MFA VirtualDevice in use. Must deactivate first.");
          tx.delete(mfaDevices, device.serial);
        });
        return {};
      },
    }),

    operation("ListMFADevices", {
      needs: ({ UserName }, call) => [onOwner("ListMFADevices", UserName, call)],
      handle: ({ UserName, ...input }, call) => {
        // Root has no devices here: they are enabled for users.
        if (UserName === undefined && call.principal.kind === "root") return { MFADevices: [], IsTruncated: false };
        const user = UserName === undefined ? callersUser(realm, call) : directory.user(UserName);
        if (user === undefined) throw noSuch("user", UserName ?? "");
        const { items, rest } = paginateInOrder(
          (user.mfaDevices ?? []).flatMap((serial) => directory.mfaDevice(serial) ?? []),
          input,
        );
        const shown = items.map(({ serial, enabledAt = 0 }) => ({
          UserName: user.name,
          SerialNumber: serial,
          EnableDate: wholeSeconds(enabledAt),
        }));
        return { MFADevices: shown, ...rest };
      },
    }),

    operation("GetMFADevice", {
      needs: ({ UserName }, call) => [onOwner("GetMFADevice", UserName, call)],
      handle: ({ SerialNumber, UserName }) => {
        const { serial, enabledAt, ...device } = findDevice(SerialNumber);
        const owner = ownerOf({ serial, ...device });
        const other = UserName !== undefined && owner?.name.toLowerCase() !== UserName.toLowerCase();
        if (owner === undefined || enabledAt === undefined || other) throw missing(SerialNumber);
        return { UserName: owner.name, SerialNumber: serial, EnableDate: wholeSeconds(enabledAt) };
      },
    }),

    operation("ListVirtualMFADevices", {
      needs: () => [onNothing("ListVirtualMFADevices")],
      handle: ({ AssignmentStatus = "Any", ...input }) => {
        const listed = [...directory.mfaDevices.values()].filter(
          ({ userId }) => AssignmentStatus === "Any" || (AssignmentStatus === "Assigned") === (userId !== undefined),
        );
        const { items, rest } = paginate(listed, ({ serial }) => serial, input);
        const shown = items.map((device) => {
          const owner = ownerOf(device);
          return {
            SerialNumber: device.serial,
            ...(owner === undefined ? {} : { User: userShape(directory, owner) }),
            ...(device.enabledAt === undefined ? {} : { EnableDate: wholeSeconds(device.enabledAt) }),
          };
        });
        return { VirtualMFADevices: shown, ...rest };
      },
    }),

    operation("TagMFADevice", {
      needs: ({ SerialNumber, Tags }) => [onDevice(realm, "TagMFADevice", SerialNumber, requestTags(Tags))],
      handle: async ({ SerialNumber, Tags }) => {
        await records.edit(async (tx) => {
          const device = await requireDevice(tx, SerialNumber);
          tx.put(mfaDevices, device.serial, { ...device, tags: mergeTags(device.tags, Tags) });
        });
        return {};
      },
    }),
    operation("UntagMFADevice", {
      needs: ({ SerialNumber, TagKeys }) => [
        onDevice(realm, "UntagMFADevice", SerialNumber, { "aws:TagKeys": TagKeys }),
      ],
      handle: async ({ SerialNumber, TagKeys }) => {
        await records.edit(async (tx) => {
          const device = await requireDevice(tx, SerialNumber);
          tx.put(mfaDevices, device.serial, { ...device, tags: withoutTags(device.tags, TagKeys) });
        });
        return {};
      },
    }),
    operation("ListMFADeviceTags", {
      needs: ({ SerialNumber }) => [onDevice(realm, "ListMFADeviceTags", SerialNumber)],
      handle: ({ SerialNumber, ...input }) => {
        const { items, rest } = paginate(findDevice(SerialNumber).tags, ({ Key }) => Key, input);
        return { Tags: items, ...rest };
      },
    }),
  ];
};

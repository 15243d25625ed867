import { AwsError, CommonAwsError } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import { alreadyExists, noSuch, noSuchEntity } from "../errors.js";
import { refuseReuse, replacePassword, withPassword } from "../passwords/change.js";
import { hashPassword, isPassword } from "../passwords/hash.js";
import { checkPassword, passwordViolation } from "../passwords/policy.js";
import type { Realm } from "../realm.js";
import { loginProfiles } from "../records/tables.js";
import type { LoginProfileRecord, UserRecord } from "../records/types.js";
import { onUser } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";
import { wholeSeconds } from "./shapes.js";
import { callersUser, requireUser } from "./users.js";

function missing(name: string): AwsError {
  return noSuchEntity(`Login Profile for User ${name} cannot be found.`);
}

function profileShape(user: UserRecord, { createdAt, resetRequired }: LoginProfileRecord) {
  return { UserName: user.name, CreateDate: wholeSeconds(createdAt), PasswordResetRequired: resetRequired };
}

/** Whose profile is meant; without a name the caller's own (documented). */
function nameOf(realm: Realm, name: string | undefined, call: CallContext): string {
  return name ?? callersUser(realm, call).name;
}

/** Passwords of users, for the console. */
export const loginProfileOperations: OperationFamily = (realm) => {
  const { directory, records, clock, random } = realm;
  const onNamed = (action: string, name: string | undefined, { principal }: CallContext) =>
    onUser(realm, action, name ?? (principal.kind === "user" ? principal.name : "*"));
  const policy = () => directory.settings()?.passwordPolicy;
  return [
    operation("CreateLoginProfile", {
      needs: ({ UserName }, call) => [onNamed("CreateLoginProfile", UserName, call)],
      handle: async ({ UserName, Password, PasswordResetRequired = false }, call) => {
        const name = nameOf(realm, UserName, call);
        if (Password === undefined) throw passwordViolation("Password should be given");
        checkPassword(Password, name, policy());
        const hash = await hashPassword(Password, random);
        const now = clock.now();
        return records.edit(async (tx) => {
          const user = await requireUser(tx, name);
          if ((await tx.get(loginProfiles, user.id)) !== undefined) {
            throw alreadyExists(`Login Profile for user ${user.name} already exists.`);
          }
          const made: LoginProfileRecord = {
            ...{ userId: user.id, createdAt: now, changedAt: now, hash, earlier: [] },
            resetRequired: PasswordResetRequired,
          };
          tx.put(loginProfiles, user.id, made);
          return { LoginProfile: profileShape(user, made) };
        });
      },
    }),

    operation("GetLoginProfile", {
      needs: ({ UserName }, call) => [onNamed("GetLoginProfile", UserName, call)],
      handle: ({ UserName }, call) => {
        const name = nameOf(realm, UserName, call);
        const user = directory.user(name);
        if (user === undefined) throw noSuch("user", name);
        const profile = directory.loginProfiles.get(user.id);
        if (profile === undefined) throw missing(name);
        return { LoginProfile: profileShape(user, profile) };
      },
    }),

    operation("UpdateLoginProfile", {
      needs: ({ UserName }) => [onUser(realm, "UpdateLoginProfile", UserName)],
      handle: async ({ UserName, Password, PasswordResetRequired }) => {
        if (Password !== undefined) checkPassword(Password, UserName, policy());
        const hash = Password === undefined ? undefined : await hashPassword(Password, random);
        await records.edit(async (tx) => {
          const user = await requireUser(tx, UserName);
          const profile = await tx.get(loginProfiles, user.id);
          if (profile === undefined) throw missing(UserName);
          const resetRequired = PasswordResetRequired ?? profile.resetRequired;
          const changed =
            hash === undefined
              ? { ...profile, resetRequired }
              : withPassword(profile, hash, clock.now(), resetRequired);
          tx.put(loginProfiles, user.id, changed);
        });
        return {};
      },
    }),

    operation("DeleteLoginProfile", {
      needs: ({ UserName }, call) => [onNamed("DeleteLoginProfile", UserName, call)],
      handle: async ({ UserName }, call) => {
        const name = nameOf(realm, UserName, call);
        await records.edit(async (tx) => {
          const user = await requireUser(tx, name);
          if ((await tx.get(loginProfiles, user.id)) === undefined) throw missing(name);
          tx.delete(loginProfiles, user.id);
        });
        return {};
      },
    }),

    operation("ChangePassword", {
      needs: (_input, call) => {
        const { principal } = call;
        if (principal.kind !== "user") return [];
        const request = onUser(realm, "ChangePassword", principal.name);
        // The account can let all its users change their own passwords (documented); a Deny still counts.
        const letBy = policy()?.usersMayChange === true;
        return letBy && realm.decider.decideCall(call, request).outcome !== "explicitDeny" ? [] : [request];
      },
      handle: async ({ OldPassword, NewPassword }, call) => {
        const { principal } = call;
        const user = principal.kind === "user" ? directory.users.one("id", principal.id) : undefined;
        if (user === undefined) {
          throw new AwsError("InvalidUserTypeException", "Only IAM Users can change their own password", {
            status: 400,
          });
        }
        const profile = directory.loginProfiles.get(user.id);
        if (profile === undefined) throw missing(user.name);
        if (!(await isPassword(OldPassword, profile.hash))) {
          throw new CommonAwsError("AccessDenied", "The old password was incorrect.");
        }
        checkPassword(NewPassword, user.name, policy());
        await refuseReuse(realm, profile, NewPassword);
        await replacePassword(realm, user, profile, NewPassword);
        return {};
      },
    }),
  ];
};

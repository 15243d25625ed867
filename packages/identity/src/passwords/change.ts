import { AwsError } from "@hotkeep/core";
import { noSuchEntity } from "../errors.js";
import { earlierPasswordsMax } from "../limits.js";
import type { Realm } from "../realm.js";
import { loginProfiles } from "../records/tables.js";
import type { LoginProfileRecord, UserRecord } from "../records/types.js";
import { hashPassword, isPassword } from "./hash.js";
import { passwordViolation } from "./policy.js";

/** A profile with a new password in place of the old one, which is remembered. */
export function withPassword(profile: LoginProfileRecord, hash: string, now: number, resetRequired: boolean) {
  const earlier = [profile.hash, ...profile.earlier].slice(0, earlierPasswordsMax);
  return { ...profile, hash, earlier, changedAt: now, resetRequired };
}

/** @throws AwsError `PasswordPolicyViolationException` for a password that was in use before, as far back as is asked. */
export async function refuseReuse(
  { directory }: Pick<Realm, "directory">,
  profile: LoginProfileRecord,
  password: string,
): Promise<void> {
  const remembered = directory.settings()?.passwordPolicy?.reusePrevention ?? 0;
  for (const hash of [profile.hash, ...profile.earlier].slice(0, remembered)) {
    if (await isPassword(password, hash)) {
      throw passwordViolation(`Password should not be one of the last ${remembered} passwords`);
    }
  }
}

/**
 * Puts a password that was checked in place of the one in `profile`.
 *
 * @throws AwsError `EntityTemporarilyUnmodifiableException` when somebody else was quicker: what was compared is no longer
 * the old password; `NoSuchEntityException` when the profile is gone.
 */
export async function replacePassword(
  { records, random, clock }: Pick<Realm, "records" | "random" | "clock">,
  user: UserRecord,
  profile: LoginProfileRecord,
  password: string,
): Promise<void> {
  const hash = await hashPassword(password, random);
  await records.edit(async (tx) => {
    const known = await tx.get(loginProfiles, user.id);
    if (known === undefined) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
    if (known.hash !== profile.hash) {
      throw new AwsError(
        "EntityTemporarilyUnmodifiableException",
        `Login Profile for User ${user.name} is being changed. Try again.`,
        { status: 409 },
      );
    }
    tx.put(loginProfiles, user.id, withPassword(known, hash, clock.now(), false));
  });
}

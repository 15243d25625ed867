import { AwsError } from "@hotkeep/core";
import type { SignInAnswer, SignInRequest } from "../face.js";
import { signInAttemptsMs, signInSeconds, signInsAtOnceMax, signInWatchedMax, signInWrongMax } from "../limits.js";
import { refuseReuse, replacePassword } from "../passwords/change.js";
import { hashPassword, isPassword } from "../passwords/hash.js";
import { checkPassword, passwordExpiresAt } from "../passwords/policy.js";
import type { Realm } from "../realm.js";
import { loginProfiles } from "../records/tables.js";
import type { LoginProfileRecord, UserRecord } from "../records/types.js";
import { WrongAttempts } from "../wrong-attempts.js";

// The words of AWS's own sign-in page (observed): the same for a name that nobody has.
const INCORRECT = "Your authentication information is incorrect. Please try again.";
const TOO_MANY = "Too many attempts to sign in. Try again in a few minutes.";
const EXPIRED = "Your password has expired. Ask your administrator for a new one.";

type Refused = Extract<SignInAnswer, { kind: "refused" }>;

function refused(message: string): Refused {
  return { kind: "refused", message };
}

/** Signs users in with the passwords of their login profiles. */
export class SignIn {
  readonly #realm: Realm;
  readonly #isCalled: (name: string) => boolean;
  readonly #attempts: WrongAttempts;
  #comparing = 0;
  /** Compared with where there is no profile, so that time does not tell who has one. */
  #nobodysHash: Promise<string> | undefined;

  constructor(realm: Realm, isCalled: (name: string) => boolean) {
    this.#realm = realm;
    this.#isCalled = isCalled;
    const limits = { wrongMax: signInWrongMax, withinMs: signInAttemptsMs, watchedMax: signInWatchedMax };
    this.#attempts = new WrongAttempts(realm.clock, limits);
  }

  /** See {@link import("../face.js").Identity.signIn}. */
  async signIn(request: SignInRequest): Promise<SignInAnswer> {
    const key = `${request.userName.toLowerCase()} ${request.sourceIp}`;
    if (this.#attempts.exhausted(key) || this.#comparing >= signInsAtOnceMax) {
      return { kind: "too-many", message: TOO_MANY };
    }
    this.#attempts.count(key);
    const here = request.account === undefined || this.#isCalled(request.account);
    const user = here ? this.#realm.directory.user(request.userName) : undefined;
    const profile = user === undefined ? undefined : this.#realm.directory.loginProfiles.get(user.id);
    const right = await this.#compare(request.password, profile?.hash);
    if (user === undefined || profile === undefined) return refused(INCORRECT);
    const about = { userArn: this.#realm.directory.userArn(user), userId: user.id };
    if (!right) return { ...refused(INCORRECT), ...about };
    const answer = await this.#withPassword(request, user, profile);
    if (answer.kind !== "refused") this.#attempts.forgive(key);
    return answer.kind === "refused" ? { ...answer, ...about } : answer;
  }

  /** The password is right: whatever else is needed is asked for together, and a code is used up last. */
  async #withPassword(
    { newPassword, code }: SignInRequest,
    user: UserRecord,
    profile: LoginProfileRecord,
  ): Promise<SignInAnswer> {
    const { directory, clock, secondFactor } = this.#realm;
    const policy = directory.settings()?.passwordPolicy;
    const expired = clock.now() >= (passwordExpiresAt(profile.changedAt, policy) ?? Number.POSITIVE_INFINITY);
    if (expired && policy?.hardExpiry === true) return refused(EXPIRED);
    const needsPassword = expired || profile.resetRequired;
    const needsCode = (user.mfaDevices ?? []).length > 0;
    if ((needsPassword && newPassword === undefined) || (needsCode && code === undefined)) {
      return { kind: "incomplete", newPassword: needsPassword, code: needsCode };
    }
    if (needsPassword && newPassword !== undefined) {
      const problem = await this.#problemOf(newPassword, user, profile);
      if (problem !== undefined) return { kind: "new-password-refused", message: problem };
    }
    const mfaAt = needsCode ? await secondFactor.shownAtSignIn(user, code ?? "") : undefined;
    if (needsCode && mfaAt === undefined) return refused(INCORRECT);
    if (needsPassword && newPassword !== undefined) {
      await replacePassword(this.#realm, user, profile, newPassword);
    }
    return this.#session(user, mfaAt);
  }

  async #problemOf(password: string, user: UserRecord, profile: LoginProfileRecord): Promise<string | undefined> {
    try {
      checkPassword(password, user.name, this.#realm.directory.settings()?.passwordPolicy);
      if (await isPassword(password, profile.hash)) return "The new password must be another one.";
      await refuseReuse(this.#realm, profile, password);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }

  async #session(user: UserRecord, mfaAt: number | undefined): Promise<SignInAnswer> {
    const { records, clock, sessions, directory } = this.#realm;
    await records.edit(async (tx) => {
      const known = await tx.get(loginProfiles, user.id);
      if (known !== undefined) tx.put(loginProfiles, user.id, { ...known, usedAt: clock.now() });
    });
    const wish = {
      ...{ kind: "user" as const, ownerId: user.id, tags: [], transitiveTagKeys: [], signedIn: true as const },
      ...(mfaAt === undefined ? {} : { mfaAt }),
    };
    const issued = await sessions.issue(wish, signInSeconds);
    return { kind: "session", ...issued, userArn: directory.userArn(user), userId: user.id, code: mfaAt !== undefined };
  }

  async #compare(password: string, hash: string | undefined): Promise<boolean> {
    this.#comparing++;
    try {
      this.#nobodysHash ??= hashPassword("nobody has this password", this.#realm.random);
      const nobodys = await this.#nobodysHash;
      return (await isPassword(password, hash ?? nobodys)) && hash !== undefined;
    } finally {
      this.#comparing--;
    }
  }
}

import { AwsError } from "@hotkeep/core";
import type { PasswordPolicyRecord } from "../records/types.js";

/** What a policy has where UpdateAccountPasswordPolicy is silent: there are no partial updates (documented). */
export const silentPolicy: PasswordPolicyRecord = {
  minimumLength: 6,
  symbols: false,
  numbers: false,
  uppercase: false,
  lowercase: false,
  usersMayChange: false,
  hardExpiry: false,
};

const DEFAULT_LENGTH_MIN = 8;
const DEFAULT_KINDS_MIN = 3;

const KINDS = [
  { key: "uppercase", pattern: /[A-Z]/, name: "uppercase letter" },
  { key: "lowercase", pattern: /[a-z]/, name: "lowercase letter" },
  { key: "numbers", pattern: /[0-9]/, name: "number" },
  // The symbols that IAM counts (documented).
  { key: "symbols", pattern: /[!@#$%^&*()_+\-=[\]{}|']/, name: "symbol" },
] as const;

/** A password that the account does not accept. */
export function passwordViolation(message: string): AwsError {
  return new AwsError("PasswordPolicyViolationException", message, { status: 400 });
}

/**
 * Holds a new password against the account's policy; without one, against IAM's own: eight characters, three of the
 * four kinds, and not the user's name (documented).
 *
 * @throws AwsError `PasswordPolicyViolationException` with the first rule that is broken
 */
export function checkPassword(password: string, userName: string, policy: PasswordPolicyRecord | undefined): void {
  const lengthMin = policy?.minimumLength ?? DEFAULT_LENGTH_MIN;
  if (password.length < lengthMin) {
    throw passwordViolation(`Password should have a minimum length of ${lengthMin}`);
  }
  if (policy === undefined) {
    if (KINDS.filter(({ pattern }) => pattern.test(password)).length < DEFAULT_KINDS_MIN) {
      throw passwordViolation(
        "Password should have at least three of: an uppercase letter, a lowercase letter, a number, a symbol",
      );
    }
    if (password.toLowerCase() === userName.toLowerCase()) {
      throw passwordViolation("Password should not be the name of the user");
    }
    return;
  }
  for (const { key, pattern, name } of KINDS) {
    if (policy[key] && !pattern.test(password)) {
      throw passwordViolation(`Password should have at least one ${name}`);
    }
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a password runs out, in ms since the epoch; undefined: never. */
export function passwordExpiresAt(changedAt: number, policy: PasswordPolicyRecord | undefined): number | undefined {
  return policy?.maxAgeDays === undefined ? undefined : changedAt + policy.maxAgeDays * DAY_MS;
}

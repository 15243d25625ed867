import { AwsError } from "@hotkeep/core";
import type { Directory } from "../directory/directory.js";
import { credentialReportMs } from "../limits.js";
import { passwordExpiresAt } from "../passwords/policy.js";
import type { UserRecord } from "../records/types.js";
import { onNothing } from "./needs.js";
import { type OperationFamily, operation } from "./operation.js";

const KEY_COLUMNS = ["active", "last_rotated", "last_used_date", "last_used_region", "last_used_service"];
const COLUMNS = [
  ...["user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed"],
  ...["password_next_rotation", "mfa_active"],
  ...["access_key_1", "access_key_2"].flatMap((key) => KEY_COLUMNS.map((column) => `${key}_${column}`)),
  ...["cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"],
];

const NONE = "N/A";
const NO_CERTIFICATES = ["false", NONE, "false", NONE];

function time(ms: number | undefined): string {
  return ms === undefined ? NONE : `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

/** Two keys, whether there or not. The times of rotation are those of the keys' making. */
function keyCells(directory: Directory, ids: readonly string[]): readonly string[] {
  return [0, 1].flatMap((at) => {
    const key = directory.accessKeys.get(ids[at] ?? "");
    if (key === undefined) return ["false", NONE, NONE, NONE, NONE];
    const use = directory.lastUses.get(key.id);
    return [
      String(key.status === "Active"),
      time(key.createdAt),
      time(use?.at),
      use?.region ?? NONE,
      use?.service ?? NONE,
    ];
  });
}

function rootRow(directory: Directory): readonly string[] {
  const settings = directory.settings();
  return [
    ...["<root_account>", directory.arns.root, time(settings?.createdAt)],
    ...["not_supported", "no_information", "not_supported", "not_supported", "false"],
    ...keyCells(directory, settings?.rootKeys ?? []),
    ...NO_CERTIFICATES,
  ];
}

function userRow(directory: Directory, user: UserRecord): readonly string[] {
  const profile = directory.loginProfiles.get(user.id);
  const next =
    profile === undefined ? undefined : passwordExpiresAt(profile.changedAt, directory.settings()?.passwordPolicy);
  return [
    ...[user.name, directory.userArn(user), time(user.createdAt), String(profile !== undefined)],
    // The documented value for a password that nobody has signed in with yet.
    profile === undefined ? NONE : profile.usedAt === undefined ? "no_information" : time(profile.usedAt),
    ...[time(profile?.changedAt), time(next), String((user.mfaDevices ?? []).length > 0)],
    ...keyCells(directory, user.keys),
    ...NO_CERTIFICATES,
  ];
}

/** The report as CSV: root first, then users by name. No value has a comma or a quote: names and ARNs cannot. */
export function credentialReport(directory: Directory): string {
  const users = [...directory.users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = [COLUMNS, rootRow(directory), ...users.map((user) => userRow(directory, user))];
  return rows.map((cells) => cells.join(",")).join("\n");
}

/** The credential report, kept in memory from its making on. */
export const credentialReportOperations: OperationFamily = ({ directory, clock }) => {
  let report: { readonly content: Buffer; readonly at: number } | undefined;
  const expired = (at: number) => clock.now() - at >= credentialReportMs;
  return [
    operation("GenerateCredentialReport", {
      needs: () => [onNothing("GenerateCredentialReport")],
      handle: () => {
        if (report !== undefined && !expired(report.at)) return { State: "COMPLETE" as const };
        report = { content: Buffer.from(credentialReport(directory)), at: clock.now() };
        return {
          State: "STARTED" as const,
          Description: "No report exists. Starting a new report generation task",
        };
      },
    }),

    operation("GetCredentialReport", {
      needs: () => [onNothing("GetCredentialReport")],
      handle: () => {
        if (report === undefined) {
          throw new AwsError("CredentialReportNotPresentException", "No report is present. Generate one first.", {
            status: 410,
          });
        }
        if (expired(report.at)) {
          throw new AwsError("CredentialReportExpiredException", "The report has expired. Generate a new one.", {
            status: 410,
          });
        }
        return { Content: report.content, ReportFormat: "text/csv" as const, GeneratedTime: new Date(report.at) };
      },
    }),
  ];
};

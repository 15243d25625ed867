import type { RemoteHome } from "./remote-home.js";

/** Members of inputs that take the ARN of a table, index, backup or stream. */
const arnMembers = [
  "ResourceArn",
  "TableArn",
  "SourceTableArn",
  "BackupArn",
  "ExclusiveStartBackupArn",
  "StreamArn",
  "ExclusiveStartStreamArn",
] as const;

type Json = Readonly<Record<string, unknown>>;

/** The ARNs of ours in an input, by member. */
export function arnsIn(input: Json): readonly string[] {
  return arnMembers.map((member) => input[member]).filter((arn) => typeof arn === "string");
}

/** The input with the endpoint's ARNs in place of ours. */
export function withTheirArns(input: Json, home: RemoteHome): Json {
  let changed = input;
  for (const member of arnMembers) {
    const arn = input[member];
    if (typeof arn === "string") changed = { ...changed, [member]: home.toTheirs(arn) };
  }
  return changed;
}

/** Whether a member of an answer holds an ARN; the text of tags and descriptions is the caller's and stays as it is. */
const isArnMember = (name: string, value: unknown): value is string =>
  name.endsWith("Arn") && typeof value === "string";

/** Learns from an answer to a table operation, and writes our ARNs into it. */
export function withOurArns(answer: unknown, home: RemoteHome): unknown {
  learnHome(answer, home);
  return rewritten(answer, home);
}

/** Members of answers with the ARN of something that belongs to a table. */
const tellingMembers: ReadonlySet<string> = new Set(["TableArn", "StreamArn"]);

/** Learns the endpoint's account and Region from whatever has the ARN of a table or a stream. */
export function learnHome(answer: unknown, home: RemoteHome): void {
  if (typeof answer !== "object" || answer === null) return;
  for (const [name, member] of Object.entries(answer)) {
    if (tellingMembers.has(name) && typeof member === "string") home.learn(member);
    else learnHome(member, home);
  }
}

function rewritten(value: unknown, home: RemoteHome): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, home));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isArnMember(name, member) ? home.toOurs(member) : rewritten(member, home),
    ]),
  );
}

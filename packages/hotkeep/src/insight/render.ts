import type { Finding, PrincipalReach, Verdict } from "@hotkeep/insight";

/** Item actions in words of the same length for a page of text. */
interface Way {
  readonly name: string;
  readonly actions: readonly { readonly action: string; readonly verdict: Verdict }[];
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

function waysOf({ direct, viaClusters }: PrincipalReach): readonly Way[] {
  return [
    { name: "directly", actions: direct },
    ...viaClusters.map(({ cluster, actions }) => ({ name: `through ${lastPart(cluster)}`, actions })),
  ];
}

/** `GetItem, Query; Scan if aws:sourceip fits`; empty when nothing can be done. */
function able({ actions }: Way): string {
  const open = actions.filter(({ verdict }) => verdict.kind !== "denied");
  const certain = open.filter(({ verdict }) => verdict.kind === "allowed").map(({ action }) => action);
  const byKeys = new Map<string, string[]>();
  for (const { action, verdict } of open) {
    if (verdict.kind === "allowed") continue;
    const keys = verdict.residualKeys.join(", ");
    byKeys.set(keys, [...(byKeys.get(keys) ?? []), action]);
  }
  const all = certain.length === actions.length ? [`everything (${certain.length} actions)`] : [certain.join(", ")];
  const conditional = [...byKeys].map(([keys, names]) => `${names.join(", ")} depending on ${keys}`);
  return [...all, ...conditional].filter((part) => part !== "").join("; ");
}

/** Who can do what with a table, a line for each way on which something can be done. */
export function renderReach(table: string, reaches: readonly PrincipalReach[]): string {
  const lines: string[] = [table, ""];
  let others = 0;
  for (const reach of reaches) {
    const ways = waysOf(reach).flatMap((way) => {
      const text = able(way);
      return text === "" ? [] : [{ name: way.name, text }];
    });
    if (ways.length === 0) {
      others++;
      continue;
    }
    const width = Math.max(...ways.map(({ name }) => name.length));
    lines.push(`${reach.kind} ${lastPart(reach.principal)}`);
    lines.push(...ways.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`));
  }
  lines.push(
    "",
    others === 0 ? "Everybody is listed." : `${others} other users and roles can do nothing there.`,
    "The account's root user can do everything that no service control policy forbids.",
    "",
  );
  return lines.join("\n");
}

/** What the owner of an account should look at, the gravest first. */
export function renderFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Nothing was found.\n";
  return findings
    .map(({ severity, code, message, statements }) => {
      const where = statements.map(({ policy, index, sid }) => {
        const carrier = policy.carrier === undefined ? "" : ` of ${policy.carrier}`;
        return `    statement ${index + 1}${sid === undefined ? "" : ` (${sid})`} of ${policy.name}${carrier}`;
      });
      return [`${severity}  ${code}`, `  ${message}`, ...where, ""].join("\n");
    })
    .join("\n");
}

import type { Role } from "@aws-sdk/client-iam";
import type { Clients } from "./clients.js";
import { button, element, fill, notify, row, time } from "./dom.js";

const pollMs = 300;

/** Whether a role belongs to a service: its path is kept for such roles. */
export function isServiceLinked({ Path }: Role): boolean {
  return Path?.startsWith("/aws-service-role/") === true;
}

function policyText(document: string | undefined): HTMLElement {
  return element("pre", JSON.stringify(JSON.parse(decodeURIComponent(document ?? "{}")), undefined, 2));
}

interface Tab {
  readonly title: string;
  content(): Promise<readonly Node[]>;
}

async function permissions(RoleName: string, { iam }: Clients): Promise<readonly Node[]> {
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
  const nodes: Node[] = [];
  for (const { PolicyArn, PolicyName = "" } of AttachedPolicies) {
    const { Policy } = await iam.getPolicy({ PolicyArn: PolicyArn! });
    const version = { PolicyArn: PolicyArn!, VersionId: Policy!.DefaultVersionId! };
    const { PolicyVersion } = await iam.getPolicyVersion(version);
    nodes.push(element("h3", PolicyName), policyText(PolicyVersion?.Document));
  }
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await iam.getRolePolicy({ RoleName, PolicyName });
    nodes.push(element("h3", `${PolicyName} (inline)`), policyText(PolicyDocument));
  }
  return nodes.length === 0 ? [element("p", "No policies.", "empty")] : nodes;
}

async function tags(RoleName: string, { iam }: Clients): Promise<readonly Node[]> {
  const { Tags = [] } = await iam.listRoleTags({ RoleName });
  if (Tags.length === 0) return [element("p", "No tags.", "empty")];
  const table = document.createElement("table");
  table.append(row("th", ["Key", "Value"]), ...Tags.map(({ Key = "", Value = "" }) => row("td", [Key, Value])));
  return [table];
}

async function accessAdvisor(Arn: string, { iam }: Clients): Promise<readonly Node[]> {
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn });
  for (;;) {
    const report = await iam.getServiceLastAccessedDetails({ JobId: JobId! });
    if (report.JobStatus === "IN_PROGRESS") {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      continue;
    }
    const table = document.createElement("table");
    table.append(row("th", ["Service", "Namespace", "Last accessed", "Region"]));
    for (const service of report.ServicesLastAccessed ?? []) {
      const { ServiceName = "", ServiceNamespace = "", LastAuthenticated, LastAuthenticatedRegion = "-" } = service;
      const when = LastAuthenticated === undefined ? "Not accessed in the tracking period" : time(LastAuthenticated);
      table.append(row("td", [ServiceName, ServiceNamespace, when, LastAuthenticatedRegion]));
    }
    return [table];
  }
}

async function revokeSessions(RoleName: string, { iam }: Clients): Promise<readonly Node[]> {
  const revoke = button("Revoke active sessions", async () => {
    const before = new Date().toISOString();
    const statement = { Effect: "Deny", Action: ["*"], Resource: ["*"] };
    const Condition = { DateLessThan: { "aws:TokenIssueTime": before } };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, Condition }] });
    await iam.putRolePolicy({ RoleName, PolicyName: "AWSRevokeOlderSessions", PolicyDocument });
    notify(`Sessions of ${RoleName} from before ${before} are refused.`);
  });
  return [element("p", "Everybody who has assumed this role until now is refused; they can assume it again."), revoke];
}

function tabsOf(role: Role, clients: Clients): readonly Tab[] {
  const RoleName = role.RoleName!;
  const trust = async () => [policyText(role.AssumeRolePolicyDocument)];
  return [
    { title: "Permissions", content: () => permissions(RoleName, clients) },
    { title: "Trust relationships", content: trust },
    { title: "Tags", content: () => tags(RoleName, clients) },
    { title: "Access Advisor", content: () => accessAdvisor(role.Arn!, clients) },
    // Sessions of a service-linked role cannot be revoked (documented).
    ...(isServiceLinked(role) ? [] : [{ title: "Revoke sessions", content: () => revokeSessions(RoleName, clients) }]),
  ];
}

/** The description with its Edit, which is all that can be changed of a service-linked role. */
function description(role: Role, { iam }: Clients): Node {
  const place = element("span", role.Description ?? "-");
  const edit = button("Edit", () => {
    const input = Object.assign(document.createElement("input"), { value: role.Description ?? "" });
    input.setAttribute("aria-label", "Description");
    const save = button("Save", async () => {
      const { Role: changed } = await iam.updateRoleDescription({
        RoleName: role.RoleName!,
        Description: input.value,
      });
      place.replaceChildren(changed?.Description ?? "-", edit);
    });
    place.replaceChildren(input, save);
  });
  place.append(" ", edit);
  return place;
}

/** One role: its summary, and a tab for everything else. `back` shows the list again. */
export async function rolePage(listed: Role, clients: Clients, back: () => Promise<void>): Promise<readonly Node[]> {
  const { Role: role = listed } = await clients.iam.getRole({ RoleName: listed.RoleName! });
  const summary = document.createElement("table");
  const facts: readonly (readonly [string, string | Node])[] = [
    ["Role ARN", role.Arn ?? ""],
    ["Description", description(role, clients)],
    ["Creation time", time(role.CreateDate)],
    ["Last activity", time(role.RoleLastUsed?.LastUsedDate)],
    ["Maximum session duration", `${role.MaxSessionDuration ?? 3600} s`],
  ];
  for (const [name, value] of facts) summary.append(row("td", [name, value]));
  const place = element("div");
  const bar = element("div", "", "tabs");
  bar.setAttribute("role", "tablist");
  for (const { title, content } of tabsOf(role, clients)) {
    const tab = button(title, async () => {
      for (const other of bar.children) other.setAttribute("aria-selected", String(other === tab));
      await fill(place, content);
    });
    tab.setAttribute("role", "tab");
    bar.append(tab);
  }
  (bar.firstElementChild as HTMLButtonElement).click();
  return [button("← Roles", back, "link"), element("h3", role.RoleName), element("h4", "Summary"), summary, bar, place];
}

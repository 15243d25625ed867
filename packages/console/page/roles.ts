import type { Role } from "@aws-sdk/client-iam";
import type { Clients } from "./clients.js";
import { button, confirm, element, fill, notify, row, time } from "./dom.js";
import { isServiceLinked, rolePage } from "./role-page.js";

const pollMs = 500;

/** Who may assume a role, as far as its trust policy names services and accounts. */
function trustedBy(role: Role): string {
  const trust = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument ?? "{}")) as {
    readonly Statement?: readonly { readonly Principal?: Readonly<Record<string, string | readonly string[]>> | "*" }[];
  };
  const names = [trust.Statement ?? []]
    .flat()
    .flatMap(({ Principal = {} }) =>
      Principal === "*"
        ? ["*"]
        : Object.entries(Principal).flatMap(([type, values]) =>
            [values].flat().map((value) => (type === "Service" ? `AWS Service: ${value.split(".")[0]}` : value)),
          ),
    );
  return `${names.join(", ")}${isServiceLinked(role) ? " (Service-Linked Role)" : ""}`;
}

/** The account's roles: the name opens a role, the check box only selects it. */
export const rolesPanel = {
  id: "roles",
  service: "IAM",
  title: "Roles",
  show: (place: HTMLElement, clients: Clients): Promise<void> =>
    fill(place, async () => {
      const { Roles = [] } = await clients.iam.listRoles({});
      if (Roles.length === 0) return [element("p", "There is no role.", "empty")];
      const again = () => rolesPanel.show(place, clients);
      const selected = new Map<string, Role>();
      const remove = button("Delete", async () => {
        for (const role of selected.values()) await removeRole(role, clients, again);
      });
      remove.hidden = true;
      const table = document.createElement("table");
      table.append(row("th", ["", "Name", "ARN", "Trusted entities", "Description"]));
      for (const role of Roles) {
        const { RoleName = "", Arn = "", Description = "" } = role;
        const box = Object.assign(document.createElement("input"), { type: "checkbox" });
        box.setAttribute("aria-label", `Select ${RoleName}`);
        box.addEventListener("change", () => {
          if (box.checked) selected.set(RoleName, role);
          else selected.delete(RoleName);
          remove.hidden = selected.size === 0;
        });
        const open = button(
          RoleName,
          async () => place.replaceChildren(...(await rolePage(role, clients, again))),
          "link",
        );
        table.append(row("td", [box, open, Arn, trustedBy(role), Description]));
      }
      return [remove, table];
    }),
};

async function removeRole(role: Role, clients: Clients, then: () => Promise<void>): Promise<void> {
  const RoleName = role.RoleName!;
  const { Role: known } = await clients.iam.getRole({ RoleName });
  const lines = [`The role ${RoleName} was last used: ${time(known?.RoleLastUsed?.LastUsedDate)}.`];
  await confirm(`Delete ${RoleName}?`, lines, "Delete", async () => {
    if (isServiceLinked(role)) await followDeletion(RoleName, clients);
    else {
      await clients.iam.deleteRole({ RoleName });
      notify(`The role ${RoleName} was deleted.`);
    }
    await then();
  });
}

/** A service-linked role goes when its service has let go of it; if not, who still uses it is shown. */
async function followDeletion(RoleName: string, { iam }: Clients): Promise<void> {
  const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName });
  for (;;) {
    const { Status, Reason } = await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId: DeletionTaskId! });
    if (Status === "SUCCEEDED") return notify(`The role ${RoleName} was deleted.`);
    if (Status === "FAILED") {
      const details = document.createElement("details");
      details.append(element("summary", "View details"), element("p", Reason?.Reason ?? ""));
      for (const { Region = "", Resources = [] } of Reason?.RoleUsageList ?? []) {
        details.append(element("p", `${Region}: ${Resources.join(", ")}`));
      }
      return notify(`The role ${RoleName} was not deleted.`, true, details);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

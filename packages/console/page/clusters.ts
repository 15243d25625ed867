import type { Clients } from "./clients.js";
import { button, confirm, element, fill, notify, row } from "./dom.js";

/** The clusters of the Region: choose one, then Actions, Delete. */
export const clustersPanel = {
  id: "clusters",
  service: "DAX",
  title: "Clusters",
  show: (place: HTMLElement, clients: Clients): Promise<void> =>
    fill(place, async () => {
      const { Clusters = [] } = await clients.dax.describeClusters({});
      if (Clusters.length === 0) return [element("p", "There is no cluster in this Region.", "empty")];
      let chosen: string | undefined;
      const actions = document.createElement("details");
      actions.className = "menu";
      actions.append(
        element("summary", "Actions"),
        button("Delete", async () => {
          actions.open = false;
          if (chosen !== undefined) await remove(chosen, clients, () => clustersPanel.show(place, clients));
        }),
      );
      actions.hidden = true;
      const table = document.createElement("table");
      table.append(row("th", ["", "Name", "Status", "Nodes", "Endpoint", "Service role"]));
      for (const cluster of Clusters) {
        const { ClusterName = "", Status = "", ActiveNodes = 0, TotalNodes = 0 } = cluster;
        const choice = Object.assign(document.createElement("input"), { type: "radio", name: "cluster" });
        choice.setAttribute("aria-label", `Select ${ClusterName}`);
        choice.addEventListener("change", () => {
          chosen = ClusterName;
          actions.hidden = false;
        });
        const { URL, Address = "" } = cluster.ClusterDiscoveryEndpoint ?? {};
        const nodes = `${ActiveNodes} of ${TotalNodes}`;
        table.append(row("td", [choice, ClusterName, Status, nodes, URL ?? Address, cluster.IamRoleArn ?? ""]));
      }
      return [actions, table];
    }),
};

function remove(ClusterName: string, { dax }: Clients, then: () => Promise<void>): Promise<void> {
  const lines = [`The cluster ${ClusterName}, its nodes and what they have cached will be gone. Tables stay.`];
  return confirm("Delete cluster confirmation", lines, "Delete", async () => {
    await dax.deleteCluster({ ClusterName });
    notify(`The cluster ${ClusterName} is being deleted.`);
    await then();
  });
}

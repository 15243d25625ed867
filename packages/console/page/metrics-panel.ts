import { chart } from "./chart.js";
import type { Clients } from "./clients.js";
import { element, refusal } from "./dom.js";
import { type NodeCharts, nodeCharts } from "./metrics.js";
import type { Panel } from "./panel.js";

const refreshMs = 15_000;

/** Every node's charts, drawn anew as long as they are on the page. */
export const metricsPanel: Panel = {
  id: "metrics",
  service: "CloudWatch",
  title: "Metrics, last hour",
  show: refresh,
};

async function refresh(place: HTMLElement, clients: Clients): Promise<void> {
  try {
    const nodes = await nodeCharts(clients, Date.now());
    const none = element("p", "There is no cluster in this Region.", "empty");
    place.replaceChildren(...(nodes.length === 0 ? [none] : nodes.map(nodeRow)));
    setTimeout(() => {
      if (place.isConnected) void refresh(place, clients);
    }, refreshMs);
  } catch (error) {
    // Said once: who may not see metrics now may not in a moment either.
    place.replaceChildren(element("p", refusal(error), "refused"));
  }
}

function nodeRow({ node, hitRatio, requests, connections }: NodeCharts): HTMLElement {
  const row = element("div", "", "node-charts");
  row.append(
    element("h3", node),
    chart({
      title: "Hit ratio",
      values: hitRatio,
      top: 100,
      print: (value) => `${value.toFixed(value === 100 ? 0 : 1)} %`,
    }),
    chart({ title: "Requests a minute", values: requests, print: whole }),
    chart({ title: "Connections", values: connections, print: whole }),
  );
  return row;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

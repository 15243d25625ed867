import { describe, expect, it } from "vitest";
import { welcome } from "../src/cli/welcome.js";

const running = {
  pid: 1,
  endpoint: "http://127.0.0.1:8110",
  account: "123456789012",
  region: "us-west-2",
  feed: "127.31.255.253:8112",
  dataDirectory: "/data",
  world: true,
};

describe("what `hotkeep up` says when it is ready", () => {
  it("tells each cluster's address, and what to try", () => {
    const text = welcome({ ...running, clusters: [{ name: "daxcluster01", endpoint: "dax://127.31.0.4" }] }, 900.4);
    expect(text).toContain("Hotkeep is ready in 900 ms\n\n  AWS APIs     http://127.0.0.1:8110\n");
    expect(text).toContain("  daxcluster01 dax://127.31.0.4\n");
    expect(text).toContain('  eval "$(npx hotkeep env --data /data)"\n  node examples/hit-and-denial.mjs\n');
    expect(text).not.toContain("hotkeep node --join");
  });

  it("shows the secrets of new webhooks", () => {
    const webhookSecrets = [{ topicArn: "arn:aws:sns:us-west-2:123456789012:dax", secret: "whsec_x" }];
    expect(welcome({ ...running, clusters: [], webhookSecrets }, 1)).toContain(
      "shown this once: receivers verify deliveries with them (docs/webhooks.md).\n  arn:aws:sns:us-west-2:123456789012:dax whsec_x\n",
    );
  });

  it("says how to start the nodes of a cluster that has none yet, and gives no address for it", () => {
    const waiting = [{ name: "shop", region: "eu-west-1", nodes: 2 }];
    const text = welcome({ ...running, clusters: [], waiting }, 1);
    expect(text).toContain("  shop         no node yet: waits for 2 that somebody else starts\n");
    expect(text).toContain(
      "  npx hotkeep token create --data /data --region eu-west-1 --cluster shop > shop.token && chmod 600 shop.token\n" +
        "  npx hotkeep node --join 127.31.255.253:8112 --token-file shop.token --listen 127.0.0.1\n",
    );
    expect(text).not.toContain("dax://");
    expect(text).not.toContain("hit-and-denial");
    expect(welcome({ ...running, clusters: [], waiting, feed: "10.0.0.1:8112" }, 1)).toContain("--listen ADDRESS\n");
  });
});

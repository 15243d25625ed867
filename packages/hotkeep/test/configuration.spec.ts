import { describe, expect, it } from "vitest";
import { readConfiguration } from "../src/configuration.js";

describe("the configuration", () => {
  it("has defaults that keep to this machine", () => {
    expect(readConfiguration({}, {})).toMatchObject({
      host: "127.0.0.1",
      port: 8110,
      account: "123456789012",
      region: "us-west-2",
      vpcCidr: "127.31.0.0/16",
      advertiseLoopback: false,
      feed: undefined,
      launch: "local",
      withoutGatewayMs: 300_000,
      empty: false,
      auditData: false,
    });
  });

  it("writes calls on items into the audit trail when the flag or the environment says so", () => {
    expect(readConfiguration({ auditData: true }, {}).auditData).toBe(true);
    expect(readConfiguration({}, { HOTKEEP_AUDIT_DATA: "1" }).auditData).toBe(true);
  });

  it("takes flags before the environment before the defaults", () => {
    const environment = { HOTKEEP_PORT: "9000", HOTKEEP_REGION: "eu-west-1" };
    expect(readConfiguration({ port: "9001" }, environment)).toMatchObject({ port: 9001, region: "eu-west-1" });
  });

  it("says where nodes reach the gateway, who starts them and how long they do without it", () => {
    const read = readConfiguration({ feed: "0.0.0.0:8112", launch: "external", withoutGateway: "0" }, {});
    expect(read).toMatchObject({ feed: { host: "0.0.0.0", port: 8112 }, launch: "external", withoutGatewayMs: 0 });
    expect(readConfiguration({}, { HOTKEEP_FEED: "[::1]:0" }).feed).toEqual({ host: "::1", port: 0 });
  });

  it("takes secrets of webhooks from the environment, and repeats none that it refuses", () => {
    const arn = "arn:aws:sns:us-west-2:123456789012:dax";
    const webhook = [`${arn}=http://127.0.0.1/a`];
    const secrets = (text: string) => readConfiguration({ webhook }, { HOTKEEP_WEBHOOK_SECRETS: text }).webhookSecrets;
    expect([...secrets(`${arn}=0123456789abcdef=`)]).toEqual([[arn, "0123456789abcdef="]]);
    expect(readConfiguration({ webhook }, {}).webhookSecrets.size).toBe(0);
    for (const wrong of [`${arn}=short`, `${arn}-2=0123456789abcdef`, "0123456789abcdef"]) {
      expect(() => secrets(wrong)).toThrow(/^HOTKEEP_WEBHOOK_SECRETS cannot be the secrets of webhooks$/);
    }
  });

  it("knows webhooks by their topic, and repeats no secret of a URL that it refuses", () => {
    const arn = "arn:aws:sns:us-west-2:123456789012:dax";
    const hooks = { HOTKEEP_WEBHOOKS: `${arn}=http://127.0.0.1/a?token=b ${arn}-2=https://example.org/` };
    expect([...readConfiguration({}, hooks).webhooks]).toEqual([
      [arn, "http://127.0.0.1/a?token=b"],
      [`${arn}-2`, "https://example.org/"],
    ]);
    const refused = (): unknown => readConfiguration({ webhook: ["dax=https://example.org/secret"] }, {});
    expect(refused).toThrow(/^`dax` cannot be the webhook$/);
  });

  it.each([
    [{ feed: "localhost" }, "`localhost` cannot be the control feed's address"],
    [{ launch: "elsewhere" }, "`elsewhere` cannot be the launch mode"],
    [{ withoutGateway: "301" }, "`301` cannot be the time without the gateway"],
    [{ port: "70000" }, "`70000` cannot be the port"],
    [{ port: "8110x" }, "`8110x` cannot be the port"],
    [{ account: "12" }, "`12` cannot be the account"],
    [{ region: "mars" }, "`mars` cannot be the Region"],
    [{ vpcCidr: "10.0.0.0/16" }, "`10.0.0.0/16` cannot be the VPC's address range"],
    [{ vpcCidr: "127.300.0.0/16" }, "`127.300.0.0/16` cannot be the VPC's address range"],
  ])("refuses %o", (input, message) => {
    expect(() => readConfiguration(input, {})).toThrow(message);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";

const account = "123456789012";
const waitMs = 60_000;

type Event = Readonly<Record<string, unknown>>;

let hotkeep: RunningHotkeep;
beforeAll(async () => {
  hotkeep = await startHotkeep({ auditData: true });
});
afterAll(() => hotkeep.stop());

function events(name: "management" | "data"): readonly Event[] {
  const text = readFileSync(join(hotkeep.dataDirectory, "audit", `${name}.jsonl`), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event);
}

/** The events that fit, once there are enough; nodes tell every five seconds. */
async function found(
  name: "management" | "data",
  part: object,
  enough = (fitting: readonly Event[]) => fitting.length > 0,
): Promise<readonly Event[]> {
  const until = Date.now() + waitMs;
  for (;;) {
    const fitting = events(name).filter((event) => {
      try {
        expect(event).toMatchObject(part);
        return true;
      } catch {
        return false;
      }
    });
    if (enough(fitting) || Date.now() > until) return fitting;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("the audit trail of a running house", () => {
  it("names Alice on the first hop and the cluster's role, invoked by DAX, on the second", async () => {
    const dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    const book = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
    for (let times = 0; times < 4; times++) await dax.getItem(book);
    dax.close();
    const ofAlice = {
      eventSource: "dax.amazonaws.com",
      eventName: "GetItem",
      userIdentity: { type: "IAMUser", userName: "Alice", accessKeyId: hotkeep.credentials.alice!.accessKeyId },
    };
    const counted = (fitting: readonly Event[]) =>
      fitting.reduce((sum, event) => sum + (event.additionalEventData as { readonly count: number }).count, 0);
    expect(counted(await found("data", ofAlice, (fitting) => counted(fitting) >= 4))).toBe(4);
    const second = await found("data", {
      eventSource: "dynamodb.amazonaws.com",
      eventName: "GetItem",
      sourceIPAddress: "dax.amazonaws.com",
      userIdentity: { type: "AssumedRole", invokedBy: "dax.amazonaws.com" },
      resources: [{ ARN: `arn:aws:dynamodb:${hotkeep.region}:${account}:table/Books` }],
    });
    // The other reads were answered from memory.
    expect(second).toHaveLength(1);
  });

  it("tells of a refusal on the first hop, under the id that the client was given", async () => {
    const dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.bob!);
    const item = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
    const error = (await dax.getItem(item).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as { readonly message: string; readonly requestId: string };
    dax.close();
    expect(error.message).toContain("is not authorized to perform: dax:GetItem");
    const told = await found("data", { eventName: "GetItem", errorCode: "AccessDenied" });
    expect(told).toMatchObject([
      {
        eventSource: "dax.amazonaws.com",
        userIdentity: { type: "IAMUser", userName: "Bob" },
        requestID: error.requestId,
        errorMessage: expect.stringContaining(
          "because no identity-based policy allows the dax:GetItem action",
        ) as string,
        resources: [{ type: "AWS::DAX::Cluster" }],
      },
    ]);
  });

  it("tells who made the world, and DAX assuming its roles", async () => {
    expect(await found("management", { eventName: "CreateCluster", userIdentity: { type: "Root" } })).toHaveLength(1);
    const assumed = await found("management", {
      eventName: "AssumeRole",
      userIdentity: { type: "AWSService", invokedBy: "dax.amazonaws.com" },
    });
    expect(assumed.length).toBeGreaterThan(0);
  });

  it("feeds the times of last use from the nodes", async () => {
    const { iam } = awsClients(hotkeep, hotkeep.credentials.root!);
    const { accessKeyId } = hotkeep.credentials.alice!;
    const lastUsed = async () => (await iam.getAccessKeyLastUsed({ AccessKeyId: accessKeyId })).AccessKeyLastUsed;
    await expect.poll(lastUsed).toMatchObject({ ServiceName: "dax", Region: hotkeep.region });
    iam.destroy();
  });
});

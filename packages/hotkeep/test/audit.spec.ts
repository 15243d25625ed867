import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom, silentLogger } from "@hotkeep/core";
import type { AuditRecord } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuditTrail, auditLogLimits } from "../src/gateway/audit-trail.js";
import { LineLog } from "../src/gateway/line-log.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hotkeep-audit-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function lines(name: string): Record<string, unknown>[] {
  const text = readFileSync(join(directory, name), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const account = "123456789012";
const alice = {
  kind: "user",
  account,
  arn: `arn:aws:iam::${account}:user/Alice`,
  id: "AIDAALICE",
  name: "Alice",
} as const;

function recordOf(service: AuditRecord["service"], operation: string): AuditRecord {
  return {
    ...{ requestId: "r", time: 0, durationMs: 1, service, operation, principal: alice, accessKeyId: "AKIAALICE" },
    ...{ account, region: "us-west-2", sourceIp: "127.0.0.1", userAgent: "cli", permissions: [] },
    ...{ status: 200, errorCode: undefined, errorMessage: undefined },
  };
}

describe("an audit log", () => {
  const limits = { fileBytesMax: 100, filesMax: 3, waitingBytesMax: 1000 };

  it("is one JSON object a line, in a file for its owner only, and goes on where it ended", async () => {
    const path = join(directory, "a", "log.jsonl");
    const log = new LineLog(path, () => {}, auditLogLimits);
    log.append({ n: 1 });
    log.append({ n: 2 });
    await log.settle();
    const again = new LineLog(path, () => {}, auditLogLimits);
    again.append({ n: 3 });
    await again.settle();
    expect(lines("a/log.jsonl")).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("turns over by size and keeps so many files", async () => {
    const log = new LineLog(join(directory, "log.jsonl"), () => {}, limits);
    for (let n = 0; n < 10; n++) {
      log.append({ n, text: "x".repeat(60) });
      await log.settle();
    }
    expect(readdirSync(directory).sort()).toEqual(["log.jsonl", "log.jsonl.1", "log.jsonl.2"]);
    expect(["log.jsonl.2", "log.jsonl.1", "log.jsonl"].map((name) => lines(name).map(({ n }) => n))).toEqual([
      [7],
      [8],
      [9],
    ]);
  });

  it("lets events go that come faster than they can be written, and says so", async () => {
    const problems: unknown[] = [];
    const log = new LineLog(join(directory, "log.jsonl"), (error) => void problems.push(String(error)), {
      ...limits,
      fileBytesMax: 10_000,
    });
    log.append({ n: 0 });
    await Promise.resolve();
    await Promise.resolve();
    for (let n = 1; n <= 200; n++) log.append({ n });
    await log.settle();
    const kept = lines("log.jsonl").length;
    expect(log.dropped).toBe(201 - kept);
    expect(log.dropped).toBeGreaterThan(0);
    expect(problems).toEqual([`Error: ${log.dropped} records came faster than they could be written`]);
  });

  it("tells of a disk that does not take it, and goes on", async () => {
    const problems: unknown[] = [];
    const path = join(directory, "gone", "log.jsonl");
    const problem = (error: unknown) => void problems.push((error as NodeJS.ErrnoException).code);
    const log = new LineLog(path, problem, auditLogLimits);
    rmSync(join(directory, "gone"), { recursive: true });
    log.append({ n: 1 });
    await log.settle();
    expect(problems).toEqual(["ENOENT"]);
  });
});

describe("the audit trail", () => {
  function open(dataEvents: boolean): AuditTrail {
    const random = new SeededRandom(1);
    const trail = new AuditTrail({ directory, dataEvents, account, random, logger: silentLogger });
    trail.identity = {
      ownerOf: (accessKeyId) => (accessKeyId === "AKIAALICE" ? { principal: alice } : undefined),
    };
    return trail;
  }
  const clusterArn = `arn:aws:dax:us-west-2:${account}:cache/books`;
  const use = { accessKeyId: "AKIAALICE", action: "dax:GetItem", count: 5, at: 0 };

  async function fill(trail: AuditTrail): Promise<void> {
    trail.record(recordOf("iam", "CreateUser"));
    trail.record(recordOf("dynamodb", "GetItem"));
    trail.record(recordOf("dynamodb", "CreateTable"));
    trail.uses({ clusterArn, region: "us-west-2", uses: [use, { ...use, accessKeyId: "AKIAGONE" }] });
    await trail.settle();
  }

  it("has management events only, unless data events are wanted", async () => {
    await fill(open(false));
    expect(readdirSync(directory)).toEqual(["management.jsonl"]);
    expect(lines("management.jsonl").map(({ eventName }) => eventName)).toEqual(["CreateUser", "CreateTable"]);
  });

  it("has both hops in the data events, each with who acted", async () => {
    await fill(open(true));
    expect(lines("data.jsonl")).toMatchObject([
      { eventSource: "dynamodb.amazonaws.com", eventName: "GetItem", userIdentity: { userName: "Alice" } },
      {
        eventSource: "dax.amazonaws.com",
        eventName: "GetItem",
        userIdentity: { userName: "Alice", accessKeyId: "AKIAALICE" },
        additionalEventData: { count: 5 },
        resources: [{ ARN: clusterArn }],
      },
    ]);
    const ids = [...lines("management.jsonl"), ...lines("data.jsonl")].map(({ eventID }) => eventID);
    expect(new Set(ids).size).toBe(4);
  });
});

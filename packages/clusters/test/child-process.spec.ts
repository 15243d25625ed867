import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { childProcessLauncher, receiveNodeLaunch } from "@hotkeep/clusters";
import { silentLogger, systemClock } from "@hotkeep/core";
import { processMark } from "@hotkeep/core/process-mark";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const launch = {
  nodeId: "123456789012/us-west-2/books-a",
  clusterArn: "arn:aws:dax:us-west-2:123456789012:cache/books",
  feedAddress: { host: "127.0.0.1", port: 7000 },
  token: "a-very-secret-token",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-launch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A child that writes down what it got and what it can see, then waits. */
const child = `
  const { writeFileSync } = require("node:fs");
  let text = "";
  process.stdin.on("data", (chunk) => {
    text += chunk;
    if (!text.includes("\\n")) return;
    const seen = { argv: process.argv.slice(2), environment: JSON.stringify(process.env), input: text };
    writeFileSync(process.env.SEEN, JSON.stringify(seen));
  });
  setInterval(() => {}, 1_000);
`;

async function untilWritten(file: string): Promise<{ argv: string[]; environment: string; input: string }> {
  for (let turn = 0; turn < 3_000; turn++) {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  throw new Error("the child wrote nothing");
}

describe("a node as a child process", () => {
  it("gets its token through its input alone, and ends when it is told to", async () => {
    const entry = join(folder, "child.cjs");
    const seenFile = join(folder, "seen.json");
    writeFileSync(entry, child);
    const launcher = childProcessLauncher({
      entry,
      clock: systemClock,
      logger: silentLogger,
      environment: { ...process.env, SEEN: seenFile },
    });
    const running = launcher.launch(launch);
    const seen = await untilWritten(seenFile);
    expect(seen.argv).toEqual(["node", launch.nodeId]);
    expect(seen.environment).not.toContain(launch.token);
    expect(JSON.parse(seen.input)).toEqual({ ...launch, feedAddress: "127.0.0.1:7000" });
    running.stop("SIGTERM");
    expect(await running.exited).toEqual({ code: null, signal: "SIGTERM" });
  });

  it("that ends by itself says how", async () => {
    const entry = join(folder, "child.cjs");
    writeFileSync(entry, "process.exit(3);");
    const running = childProcessLauncher({ entry, clock: systemClock, logger: silentLogger }).launch(launch);
    expect(await running.exited).toEqual({ code: 3, signal: null });
  });
});

describe("a node that outlived its gateway", () => {
  it("is found again by its mark, can be told to end, and its end is noticed", async () => {
    const entry = join(folder, "child.cjs");
    writeFileSync(entry, child);
    const environment = { ...process.env, SEEN: join(folder, "seen.json") };
    const launcher = childProcessLauncher({ entry, clock: systemClock, logger: silentLogger, environment });
    const running = launcher.launch(launch);
    await untilWritten(environment.SEEN);
    const adopted = launcher.adopt(running.mark!)!;
    expect(adopted.pid).toBe(running.pid);
    adopted.stop("SIGTERM");
    await running.exited;
    expect(await adopted.exited).toEqual({ code: null, signal: null });
    expect(launcher.adopt(running.mark!)).toBeUndefined();
  });

  it("is not taken for another process that has its id now", () => {
    const launcher = childProcessLauncher({ entry: "", clock: systemClock, logger: silentLogger });
    const [pid] = processMark(process.pid).split(" ");
    expect(launcher.adopt(processMark(process.pid))?.pid).toBe(process.pid);
    if (process.platform === "linux") expect(launcher.adopt(`${pid} 1`)).toBeUndefined();
    expect(launcher.adopt("nonsense")).toBeUndefined();
  });
});

describe("a launch at the child's end", () => {
  it("is read from the first line", async () => {
    const input = new PassThrough();
    const received = receiveNodeLaunch(input);
    const line = `${JSON.stringify({ ...launch, feedAddress: "127.0.0.1:7000" })}\n`;
    input.write(line.slice(0, 20));
    input.end(line.slice(20));
    expect(await received).toEqual(launch);
  });

  it.each([
    ["", "its input ended before the first line"],
    ["x".repeat(20_000), "its first line of input is too long"],
    ["nonsense\n", "its input has no launch"],
    ["{}\n", "its input has no launch"],
  ])("is refused when the input is %#", async (text, reason) => {
    const input = new PassThrough();
    const received = receiveNodeLaunch(input);
    input.end(text);
    await expect(received).rejects.toThrow(`This process was not started as a cache node: ${reason}.`);
  });
});

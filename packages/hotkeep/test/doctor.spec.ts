import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom, silentLogger, systemClock } from "@hotkeep/core";
import { loadNativeSockets } from "@hotkeep/node";
import { loadNativeSignedHeads } from "@hotkeep/protocols";
import { loadNativeWrites, openTables } from "@hotkeep/tables";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../src/configuration.js";
import {
  checkCompiler,
  checkDataDirectory,
  checkLogWrites,
  checkNode,
  checkSignatures,
  checkTransport,
} from "../src/doctor/machine.js";
import { checkLoopbackRange, checkPort } from "../src/doctor/network.js";
import { checkStoredTables } from "../src/doctor/tables.js";
import { writeRunningFile } from "../src/gateway/running-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("hotkeep doctor --tables", () => {
  it("tells what is stored, and that there is nothing", async () => {
    const path = join(folder, "tables");
    expect(await checkStoredTables(path)).toEqual([
      {
        subject: "tables",
        state: "bad",
        text: `there are none in ${path}`,
        help: "name a data directory in which a gateway has run; with --table-endpoint the tables are at that endpoint",
      },
    ]);
    const elsewhere = `they are at http://127.0.0.1:8000 (--table-endpoint), none are in ${path}`;
    expect(await checkStoredTables(path, "http://127.0.0.1:8000")).toEqual([
      { subject: "tables", state: "note", text: elsewhere },
    ]);
    const parts = { clock: systemClock, random: new SeededRandom(1), logger: silentLogger };
    await (await openTables({ path, ...parts })).close();
    expect(await checkStoredTables(path)).toEqual([
      {
        subject: "tables",
        state: "good",
        text: "0 tables, 0 items (0.0 MB), 0 index entries, 0 stream records: all of it belongs together",
      },
    ]);
  });
});

describe("hotkeep doctor", () => {
  it("knows which Node.js is too old", () => {
    expect(checkNode("20.19.0").state).toBe("good");
    expect(checkNode("24.0.1").state).toBe("good");
    expect(checkNode("20.18.3")).toMatchObject({ state: "bad", text: "20.18.3 is too old" });
    expect(checkNode("18.20.0").help).toBe("install Node.js 20.19 or newer");
  });

  it("tells the transport and why it is this one", () => {
    const native = loadNativeSockets();
    expect(checkTransport(systemClock, undefined)).toMatchObject(
      "open" in native
        ? { state: "good", text: "batched: its compiled part is there" }
        : { state: "note", text: `net: the batched transport is not there: ${native.reason}` },
    );
    expect(checkTransport(systemClock, "net")).toMatchObject({ state: "good", text: "net: HOTKEEP_TRANSPORT says so" });
    expect(checkTransport(systemClock, "fast")).toMatchObject({ state: "bad", text: "There is no transport `fast`." });
  });

  it("tells what verifies signatures", () => {
    const native = loadNativeSignedHeads();
    expect(checkSignatures()).toMatchObject(
      "take" in native
        ? { state: "good", text: "compiled: the part written in C is there" }
        : { state: "note", text: `node:crypto alone: ${native.reason}` },
    );
  });

  it("tells what writes the log of the tables", () => {
    const native = loadNativeWrites();
    expect(checkLogWrites()).toMatchObject(
      "write" in native
        ? { state: "good", text: "compiled: written without a thread where the disk allows" }
        : { state: "note", text: `written by a thread: ${native.reason}` },
    );
  });

  it("misses a compiler without making much of it", () => {
    expect(checkCompiler("no-such-compiler")).toMatchObject({
      state: "note",
      text: "`no-such-compiler` was not found; only the quicker transport, signatures and log need one, when they are built",
    });
  });

  it("tries the addresses that nodes would listen on", async () => {
    expect(await checkLoopbackRange(readConfiguration({ advertise: true }, {}))).toMatchObject({ state: "good" });
    const { state } = await checkLoopbackRange(readConfiguration({}, {}));
    if (process.platform === "linux") expect(state).toBe("good");
  });

  it("tells a taken port from one that its own gateway holds", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const configuration = readConfiguration({ port: String(port), data: folder }, {});
    expect(await checkPort(configuration)).toMatchObject({
      state: "bad",
      text: `127.0.0.1:${port} cannot be listened on: EADDRINUSE`,
    });
    const endpoint = `http://127.0.0.1:${port}`;
    writeRunningFile(join(folder, "running.json"), {
      pid: 1,
      endpoint,
      account: "",
      region: "",
      clusters: [],
      feed: "127.31.255.253:8112",
    });
    expect(await checkPort(configuration)).toMatchObject({
      state: "good",
      text: `127.0.0.1:${port} is held by the gateway that runs on this data directory`,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkPort(configuration)).toMatchObject({ state: "good", text: `127.0.0.1:${port} is free` });
  });

  it("looks at the data directory without making it", () => {
    const root = join(folder, "data");
    expect(checkDataDirectory(root)).toMatchObject({ state: "good", text: `${root} will be made` });
    mkdirSync(root, { mode: 0o700 });
    expect(checkDataDirectory(root)).toMatchObject({ state: "good", text: `${root}, closed to other users` });
    const key = join(root, "sealing.key");
    writeFileSync(key, "");
    chmodSync(key, 0o644);
    expect(checkDataDirectory(root)).toMatchObject({
      state: "note",
      text: `other users of this machine may look into ${key}`,
      help: `it holds secrets: \`chmod go= ${key}\``,
    });
    expect(checkDataDirectory(key)).toMatchObject({ state: "bad", text: `${key} is not a directory` });
  });
});

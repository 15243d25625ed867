import { silentLogger, systemClock, systemRandom } from "@hotkeep/core";
import { chooseTransport, loadNativeSockets, startNode } from "@hotkeep/node";
import { describe, expect, it } from "vitest";
import { StandInGateway } from "../support/stand-in-gateway.js";

const native = loadNativeSockets();
const best = "open" in native ? "batched" : "net";

describe("choosing a transport", () => {
  it("takes the batched one where it is there, and says why", () => {
    const choice = chooseTransport(systemClock, undefined);
    expect(choice.name).toBe(best);
    expect(choice.transport.name).toBe(best);
    expect(choice.reason).toBe(
      "open" in native ? "its compiled part is there" : `the batched transport is not there: ${native.reason}`,
    );
    expect(chooseTransport(systemClock, "").name).toBe(best);
  });

  it("takes node:net when told to", () => {
    const { name, reason } = chooseTransport(systemClock, "net");
    expect({ name, reason }).toEqual({ name: "net", reason: "HOTKEEP_TRANSPORT says so" });
  });

  it("refuses one that it does not know", () => {
    expect(() => chooseTransport(systemClock, "carrier-pigeon")).toThrow("There is no transport `carrier-pigeon`.");
  });

  it("takes the batched one, or none, when told to take that", () => {
    const choose = () => chooseTransport(systemClock, "batched");
    if ("open" in native) expect(choose().name).toBe("batched");
    else expect(choose).toThrow(`The batched transport is not there: ${native.reason}.`);
  });

  it("is told of by the node that uses it", async () => {
    const node = await startNode({
      feed: new StandInGateway({ tableEndpoint: "http://127.0.0.1:1" }),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
    expect(node.transport).toBe(chooseTransport(systemClock, process.env.HOTKEEP_TRANSPORT).name);
    await node.close();
  });
});

describe.skipIf(!("open" in native))("the compiled sockets", () => {
  if (!("open" in native)) return;
  const region = () => new ArrayBuffer(native.regionBytes);
  const open = () => {
    const sockets = native.open("127.0.0.1", 0, 16, 4, region(), () => {});
    if (typeof sockets === "number") throw new Error(`open answered ${sockets}`);
    return sockets;
  };

  it("refuse what cannot be meant", () => {
    const sockets = open();
    const none = Buffer.alloc(0);
    expect(() => native.send(sockets, 0, none, 0, 0)).toThrow("no such slot");
    expect(() => native.send(sockets, -1, none, 0, 0)).toThrow("no such slot");
    expect(() => native.drop(sockets, 4_000_000_000)).toThrow("no such slot");
    expect(() => native.watch(sockets, 0, 1)).toThrow("no such slot");
    expect(() => native.finish(sockets, 3)).toThrow("no such slot");
    expect(() => native.flush(sockets, native.outputsMax + 1, [])).toThrow("not that many outputs");
    expect(() => native.open("127.0.0.1", 65_536, 16, 4, region(), () => {})).toThrow("out of range");
    expect(() => native.open("127.0.0.1", 0, 16, 0, region(), () => {})).toThrow("out of range");
    expect(() => native.open("127.0.0.1", 0, 16, 4, new ArrayBuffer(8), () => {})).toThrow("out of range");
    expect(() => native.port({} as typeof sockets)).toThrow("not the sockets");
    expect(() => (native.port as () => number)()).toThrow("wrong number of arguments");
    native.close(sockets);
    expect(() => native.port(sockets)).toThrow("the sockets are closed");
    expect(() => native.close(sockets)).toThrow("the sockets are closed");
  });

  it("refuse outputs that lie outside of their memory", () => {
    const bytes = region();
    const sockets = native.open("127.0.0.1", 0, 16, 4, bytes, () => {});
    if (typeof sockets === "number") throw new Error(`open answered ${sockets}`);
    const outputs = new Int32Array(bytes, native.outputsAt, 5);
    const sources = [Buffer.alloc(10)];
    for (const [source, offset, length] of [
      [0, native.outputBytes, 1],
      [0, 0, native.outputBytes + 1],
      [0, -1, 1],
      [0, 1, -1],
      [0, 0x7fffffff, 0x7fffffff],
      [1, 10, 1],
      [1, 0, 11],
      [1, -1, 1],
      [2, 0, 1],
      [-1, 0, 1],
    ] as const) {
      outputs.set([0, source, offset, length, 0]);
      expect(() => native.flush(sockets, 1, sources)).toThrow("an output lies outside of its source");
    }
    const many = new Array<Buffer>(native.sourcesMax + 1).fill(sources[0]!);
    expect(() => native.flush(sockets, 1, many)).toThrow("not that many sources");
    expect(() => native.flush(sockets, 1, ["text" as unknown as Buffer])).toThrow("a source is no buffer");
    outputs.set([0, 1, 0, 10, 0]);
    expect(native.flush(sockets, 1, sources)).toBe(true);
    expect(outputs[4]).toBeLessThan(0);
    native.close(sockets);
  });

  it("answer with the errno of an address that is none", () => {
    expect(native.open("localhost", 0, 16, 4, region(), () => {})).toBe(-22);
  });
});

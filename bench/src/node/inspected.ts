import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "undici";
import { residentBytes } from "../processes.js";

/** Where Node.js listens for a debugger after SIGUSR1. */
const inspectorPort = 9229;
const openMs = 5_000;
/** What the first collection makes unreachable is gone after the last. */
const collections = 3;

/** What a process of Node.js holds when its garbage has been collected. */
export interface Held {
  readonly residentBytes: number;
  /** Memory of its buffers and typed arrays. */
  readonly bufferBytes: number;
}

/** Lets a process of Node.js be asked what it holds, one process at a time. @throws Error when it does not answer */
export async function inspected(pid: number) {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await debuggerUrl());
  await once(socket as unknown as EventTarget, "open");
  let calls = 0;
  const call = async (method: string, params: object = {}): Promise<{ readonly value?: unknown }> => {
    const id = ++calls;
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [event] = (await once(socket as unknown as EventTarget, "message")) as [{ readonly data: string }];
      const answer = JSON.parse(event.data) as { id?: number; result?: { result?: object }; error?: object };
      if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
      if (answer.id === id) return answer.result?.result ?? {};
    }
  };
  return {
    async held(): Promise<Held> {
      for (let i = 0; i < collections; i++) await call("HeapProfiler.collectGarbage");
      const { value } = await call("Runtime.evaluate", { expression: "process.memoryUsage().arrayBuffers" });
      return { residentBytes: residentBytes(pid), bufferBytes: value as number };
    },
    close: () => socket.close(),
  };
}

async function debuggerUrl(): Promise<string> {
  for (const deadline = performance.now() + openMs; ; await wait(50)) {
    try {
      const answer = await fetch(`http://127.0.0.1:${inspectorPort}/json`);
      const [target] = (await answer.json()) as [{ readonly webSocketDebuggerUrl: string }];
      return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

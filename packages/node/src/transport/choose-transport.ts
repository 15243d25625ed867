import { type Clock, HotkeepError } from "@hotkeep/core";
import { batchedTransport } from "./batched-transport.js";
import { loadNativeSockets } from "./native-sockets.js";
import { netTransport } from "./net-transport.js";
import type { Transport } from "./transport.js";

/** A transport and why it is this one. */
export interface TransportChoice {
  readonly transport: Transport;
  readonly name: "batched" | "net";
  /** A sentence for people. */
  readonly reason: string;
}

/**
 * The batched transport where its compiled part loads, else the one over `node:net`.
 *
 * @param wanted `batched` or `net` to have that one and no other; the environment's HOTKEEP_TRANSPORT
 * @throws HotkeepError `TransportUnavailable` when the wanted one is not there, `UnknownTransport` when there is none
 *   of that name
 */
export function chooseTransport(clock: Clock, wanted: string | undefined): TransportChoice {
  if (wanted === "net") return { transport: netTransport(clock), name: "net", reason: "HOTKEEP_TRANSPORT says so" };
  if (wanted !== undefined && wanted !== "" && wanted !== "batched") {
    throw new HotkeepError("UnknownTransport", `There is no transport \`${wanted}\`.`, {
      help: "Set HOTKEEP_TRANSPORT to `batched` or `net`, or leave it away for the better one that is there.",
    });
  }
  const native = loadNativeSockets();
  if ("open" in native) {
    const reason = wanted === "batched" ? "HOTKEEP_TRANSPORT says so" : "its compiled part is there";
    return { transport: batchedTransport(clock, native), name: "batched", reason };
  }
  if (wanted === "batched") {
    throw new HotkeepError("TransportUnavailable", `The batched transport is not there: ${native.reason}.`, {
      help: "Run `npm run build` on Linux with a C compiler, or unset HOTKEEP_TRANSPORT.",
    });
  }
  return {
    transport: netTransport(clock),
    name: "net",
    reason: `the batched transport is not there: ${native.reason}`,
  };
}

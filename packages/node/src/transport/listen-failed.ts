import { HotkeepError } from "@hotkeep/core";
import type { ListenOptions } from "./transport.js";

/** The error of every transport that cannot listen: code `ListenFailed`. */
export function listenFailed({ address, port }: ListenOptions, cause: Error): HotkeepError {
  return new HotkeepError("ListenFailed", `The node cannot listen on \`${address}:${port}\`: ${cause.message}`, {
    help: "Choose another address or port for the node, or stop what uses this one.",
    cause,
  });
}

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { FeedAddress } from "@hotkeep/control-feed";
import { HotkeepError } from "@hotkeep/core";
import type { Configuration } from "../configuration.js";

const daxPort = 8111;
const feedPort = 8112;

/** No subnet of the default VPC reaches up here, so no node will ever want it. */
function gatewayAddress(vpcCidr: string): string {
  return `${vpcCidr.split(".").slice(0, 2).join(".")}.255.253`;
}

/**
 * Where the control feed listens when nothing else is said. It goes with the address range, not with the data: nodes that
 * outlived a gateway find the next one in their range and are taken back, or told that they are not known any more.
 */
export function defaultFeedAddress({ vpcCidr, advertiseLoopback }: Configuration): FeedAddress {
  return advertiseLoopback ? { host: "127.0.0.1", port: 0 } : { host: gatewayAddress(vpcCidr), port: feedPort };
}

/**
 * Takes the loopback range of the default VPC for this gateway, so that a second one is told at once and by name what is
 * in its way. The answer gives it back.
 *
 * @throws HotkeepError `AddressRangeTaken`, `AddressRangeMissing`
 */
export async function takeAddressRange({ vpcCidr, advertiseLoopback }: Configuration): Promise<() => void> {
  if (advertiseLoopback) return () => {};
  const address = gatewayAddress(vpcCidr);
  const mark = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    mark.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      reject(
        taken
          ? new HotkeepError("AddressRangeTaken", `another Hotkeep has its nodes in ${vpcCidr}`, {
              help: "stop it, or give this one a range of its own, e.g. --vpc-cidr 127.32.0.0/16, and a port: --port 8210",
              cause,
            })
          : new HotkeepError("AddressRangeMissing", `this machine has no addresses in ${vpcCidr}: ${cause.message}`, {
              help: "give --advertise, and all nodes listen on 127.0.0.1 with ports of their own",
              cause,
            }),
      );
    });
    mark.listen(daxPort, address, resolve);
  });
  mark.unref();
  return () => void mark.close();
}

/**
 * Keeps to the range in which the stored network's addresses are.
 *
 * @throws HotkeepError `BadConfiguration` when another one is asked for.
 */
export function checkStoredRange(path: string, { vpcCidr }: Configuration): void {
  if (!existsSync(path)) {
    writeFileSync(path, `${vpcCidr}\n`, { mode: 0o600 });
    return;
  }
  const stored = readFileSync(path, "utf8").trim();
  if (stored === vpcCidr) return;
  throw new HotkeepError("BadConfiguration", `the network in this data directory is in ${stored}, not in ${vpcCidr}`, {
    help: `give --vpc-cidr ${stored}, or another directory with --data`,
  });
}

import { existsSync, readFileSync } from "node:fs";
import { HotkeepError } from "@hotkeep/core";
import { type DataPlaces, dataDirectoryAt, isTaken } from "./data-directory.js";
import type { Running } from "./running-file.js";

/** The gateway that runs on a data directory, and the places there. @throws HotkeepError `NotRunning` */
export function runningGateway(root: string): {
  readonly places: DataPlaces;
  readonly running: Running;
} {
  const places = dataDirectoryAt(root);
  if (!existsSync(places.running)) {
    throw new HotkeepError("NotRunning", `no gateway runs on \`${places.root}\``, {
      help: "start one with `npm start`, or name its data directory with --data",
    });
  }
  const running = JSON.parse(readFileSync(places.running, "utf8")) as Running;
  if (!isTaken(places.root)) {
    throw new HotkeepError("NotRunning", `the gateway on \`${places.root}\` has ended without saying so`, {
      help: "start it again with `npm start`; its data is kept",
    });
  }
  return { places, running };
}

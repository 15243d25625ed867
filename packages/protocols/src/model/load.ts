import { createRequire } from "node:module";
import type { ServiceName } from "../operation.js";
import type { ServiceTables } from "./tables.js";

const require = createRequire(import.meta.url);

/** A service's generated tables; read on first use, shared afterwards. */
export function loadTables(service: ServiceName): ServiceTables {
  return require(`./${service}.tables.json`) as ServiceTables;
}

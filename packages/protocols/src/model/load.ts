import { createRequire } from "node:module";
import type { ServiceName } from "../operation.js";
import { applyOverrides, overrides } from "./overrides.js";
import type { ServiceTables } from "./tables.js";

const require = createRequire(import.meta.url);
const loaded = new Map<ServiceName, ServiceTables>();

/** A service's tables, overrides applied; read on first use, shared afterwards. */
export function loadTables(service: ServiceName): ServiceTables {
  let tables = loaded.get(service);
  if (tables === undefined) {
    tables = applyOverrides(require(`./${service}.tables.json`) as ServiceTables, overrides[service] ?? []);
    loaded.set(service, tables);
  }
  return tables;
}

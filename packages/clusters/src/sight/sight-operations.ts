import type { NamedOperation } from "@hotkeep/protocols";
import type { SightDesk } from "./desk.js";
import { hotKeysOperation } from "./hot-keys.js";
import { tailOperation } from "./tail-requests.js";
import { xRayOperation } from "./x-ray.js";

/** Looking into clusters: operations of Hotkeep's own service. */
export function sightOperations(desk: SightDesk): readonly NamedOperation[] {
  return [xRayOperation(desk), hotKeysOperation(desk), tailOperation(desk)];
}

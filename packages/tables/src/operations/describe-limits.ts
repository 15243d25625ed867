import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { operation } from "./operation.js";

/** DescribeLimits: the service's default quotas (documented); nothing here is throttled by them. */
export function describeLimits(): NamedOperation {
  return operation("DescribeLimits", {
    needs: () => [permission("dynamodb:DescribeLimits", "*")],
    handle: () => ({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    }),
  });
}

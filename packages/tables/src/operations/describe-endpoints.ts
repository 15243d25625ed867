import { permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import { operation } from "./operation.js";

const cachePeriodMinutes = 1440;

/** DescribeEndpoints: clients that discover endpoints are sent back to where they are, never to the service itself. */
export function describeEndpoints(address: () => string): NamedOperation {
  return operation("DescribeEndpoints", {
    needs: () => [permission("dynamodb:DescribeEndpoints", "*")],
    handle: () => ({ Endpoints: [{ Address: address(), CachePeriodInMinutes: cachePeriodMinutes }] }),
  });
}

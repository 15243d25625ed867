import { type AwsError, permission } from "@hotkeep/core";
import type { NamedOperation } from "@hotkeep/protocols";
import type { Engine } from "../engine.js";
import { invalid } from "../errors.js";
import { tableReference } from "../request/table-reference.js";
import { operation } from "./operation.js";

/** UpdateTimeToLive: names the attribute whose time deletes items, or stops that. In force at once. */
export function updateTimeToLive(engine: Engine): NamedOperation {
  const action = "dynamodb:UpdateTimeToLive";
  return operation("UpdateTimeToLive", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    async handle(input, call) {
      const table = engine.changeableTable(tableReference(input.TableName, call, action));
      const { Enabled: enabled, AttributeName: attribute } = input.TimeToLiveSpecification;
      await engine.catalog.update(table, (definition) => {
        const { timeToLive: before, ...rest } = definition;
        if (enabled) {
          if (before !== undefined && before.attribute !== attribute) throw activeOn(before.attribute);
          if (before !== undefined) throw invalid("TimeToLive is already enabled");
          return { ...rest, timeToLive: { attribute, since: call.now } };
        }
        if (before === undefined) throw invalid("TimeToLive is already disabled");
        if (before.attribute !== attribute) throw activeOn(before.attribute);
        return rest;
      });
      return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
    },
  });
}

function activeOn(attribute: string): AwsError {
  return invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${attribute}`);
}

/** DescribeTimeToLive. */
export function describeTimeToLive(engine: Engine): NamedOperation {
  const action = "dynamodb:DescribeTimeToLive";
  return operation("DescribeTimeToLive", {
    needs: (input, call) => [permission(action, tableReference(input.TableName, call, action).arn)],
    handle(input, call) {
      const { timeToLive } = engine.namedTable(tableReference(input.TableName, call, action)).definition;
      return {
        TimeToLiveDescription:
          timeToLive === undefined
            ? { TimeToLiveStatus: "DISABLED" }
            : { TimeToLiveStatus: "ENABLED", AttributeName: timeToLive.attribute },
      };
    },
  });
}

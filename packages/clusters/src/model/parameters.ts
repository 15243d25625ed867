import type { DaxOperations } from "@hotkeep/protocols";
import { invalidValue } from "../errors.js";
import type { ParameterGroupRecord } from "./records.js";

type Parameter = NonNullable<DaxOperations["DescribeParameters"]["output"]["Parameters"]>[number];

/** The group that always exists and never changes (observed name and description). */
export const defaultParameterGroup: ParameterGroupRecord = {
  name: "default.dax1.0",
  description: "Default parameter group for dax1.0",
  values: { "query-ttl-millis": "300000", "record-ttl-millis": "300000" },
};

/** The only two parameters (observed texts). */
const descriptions: Readonly<Record<string, string>> = {
  "query-ttl-millis": "Duration in milliseconds for queries to remain cached",
  "record-ttl-millis": "Duration in milliseconds for records to remain valid in cache (Default: 0 = infinite)",
};

/** A group's parameters as the API shows them. */
export function parametersOf(group: ParameterGroupRecord): readonly Parameter[] {
  return Object.entries(descriptions).map(([name, description]) => ({
    ParameterName: name,
    ParameterType: "DEFAULT",
    ParameterValue: group.values[name] ?? defaultParameterGroup.values[name],
    NodeTypeSpecificValues: [],
    Description: description,
    Source: "user",
    DataType: "integer",
    AllowedValues: "0-",
    IsModifiable: "TRUE",
    ChangeType: "IMMEDIATE",
  }));
}

/** @throws AwsError `InvalidParameterValueException` for an unknown name or a value that is no whole number from 0 */
export function checkParameter(name: string | undefined, value: string | undefined): readonly [string, string] {
  if (name === undefined || !Object.hasOwn(descriptions, name)) {
    throw invalidValue(`Unknown parameter ${name ?? ""}. Parameters: ${Object.keys(descriptions).join(", ")}.`);
  }
  if (value === undefined || !/^\d{1,15}$/.test(value)) {
    throw invalidValue(`The value ${value ?? ""} of parameter ${name} is not a whole number of milliseconds from 0.`);
  }
  return [name, String(Number(value))];
}

/** A group's times in milliseconds. */
export function timesOf(group: ParameterGroupRecord): { readonly recordTtlMs: number; readonly queryTtlMs: number } {
  const number = (name: string): number => Number(group.values[name] ?? defaultParameterGroup.values[name]);
  return { recordTtlMs: number("record-ttl-millis"), queryTtlMs: number("query-ttl-millis") };
}

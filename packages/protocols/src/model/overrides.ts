import type { ServiceName } from "../operation.js";
import type { ServiceTables, ShapeTable, StringTable } from "./tables.js";

/** Constraints of one member that the published model lacks or has wrong; they replace the modelled ones. */
export interface Override {
  /** Names of the structures whose member it is. */
  readonly structs: readonly string[];
  readonly member: string;
  readonly constraints: Pick<StringTable, "min" | "max" | "pattern" | "excused">;
}

/** What services check beyond their models, by service. The model of DynamoDB allows any 1 to 1024 characters for a name. */
export const overrides: Readonly<Partial<Record<ServiceName, readonly Override[]>>> = {
  dynamodb: [
    {
      // Observed: an empty name is called too short and nothing else; an ARN may stand for a name.
      structs: [
        "GetItemInput",
        "PutItemInput",
        "UpdateItemInput",
        "DeleteItemInput",
        "QueryInput",
        "ScanInput",
        "ConditionCheck",
        "Delete",
        "Get",
        "Put",
        "Update",
      ],
      member: "TableName",
      constraints: { min: 1, max: 255, pattern: "[a-zA-Z0-9_.-]+", excused: "(arn:[\\x21-\\x7E]{1,1020})?" },
    },
    {
      structs: ["CreateTableInput"],
      member: "TableName",
      constraints: { min: 3, max: 255, pattern: "[a-zA-Z0-9_.-]+" },
    },
    // Indexes may have more key attributes, tables may not (observed).
    { structs: ["CreateTableInput"], member: "KeySchema", constraints: { min: 1, max: 2 } },
  ],
};

/** The tables with overrides applied; the tables given are left alone. */
export function applyOverrides(tables: ServiceTables, list: readonly Override[]): ServiceTables {
  const shapes: ShapeTable[] = [...tables.shapes];
  for (const { structs, member: name, constraints } of list) {
    for (const struct of structs) {
      const index = shapes.findIndex((shape) => shape.kind === "struct" && shape.name === struct);
      const shape = shapes[index];
      const member = shape?.kind === "struct" ? shape.members.find((each) => each.name === name) : undefined;
      const before = member === undefined ? undefined : shapes[member.shape];
      if (shape?.kind !== "struct" || member === undefined || (before?.kind !== "string" && before?.kind !== "list")) {
        throw new Error(
          `an override names ${tables.service} ${struct}.${name}, which is no string or list of the model`,
        );
      }
      const changed = { ...member, shape: shapes.push({ ...before, ...constraints }) - 1 };
      shapes[index] = { ...shape, members: shape.members.map((each) => (each === member ? changed : each)) };
    }
  }
  return { ...tables, shapes };
}

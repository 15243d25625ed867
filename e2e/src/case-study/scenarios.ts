/**
 * The case study of the AWS document on DAX access control: six scenarios, each with two policies and the outcome of
 * every operation on both paths. Source: documented ("DAX access control"), with the readings that
 * docs/fidelity.md lists. A = allowed; d = denied at DynamoDB; d1 = denied at the cluster (the caller lacks
 * dax:ACTION); d2 = denied at the table (the cluster's service role lacks dynamodb:ACTION).
 */

/** Columns of the table, in order. */
export const columns = ["G", "BG", "Q", "S", "P", "U", "D", "BW", "CC", "TG", "TW", "DT", "QI"] as const;
export type Column = (typeof columns)[number];

export type Expected = "A" | "d" | "d1" | "d2" | "n/a";

/** One line of the table. */
export interface Row {
  readonly path: "direct" | "dax";
  readonly cells: Readonly<Record<Column, Expected>>;
}

/** Actions each side is allowed, without their service prefix. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly bobDax: readonly string[];
  readonly bobDynamoDb: readonly string[];
  readonly serviceRole: readonly string[];
  /**
   * Where the service role may not describe the table, an official client fails at the table's key schema, before it
   * can send the operation itself.
   */
  readonly schemaDenied?: true;
  /**
   * An official client asks the cluster for the table's key schema before it sends an operation, and a caller without any
   * `dax:` action is refused already there. So this client gets the schema while it may, and the cells are played after.
   */
  readonly warmSchema?: true;
  readonly rows: readonly Row[];
}

const reads = ["GetItem", "BatchGetItem", "Query", "Scan"];
const writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
const check = ["ConditionCheckItem"];
const describe = ["DescribeTable"];

function row(path: Row["path"], text: string): Row {
  const cells = text.trim().split(/\s+/) as Expected[];
  if (cells.length !== columns.length) throw new Error(`a row needs ${columns.length} cells: ${text}`);
  return { path, cells: Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as Row["cells"] };
}

//                         G    BG   Q    S    P    U    D    BW   CC   TG   TW   DT   QI
export const scenarios: readonly Scenario[] = [
  {
    id: "CS-1",
    title: "DynamoDB read-only, no DAX",
    bobDax: [],
    bobDynamoDb: reads,
    serviceRole: [...reads, ...writes, ...check, ...describe],
    warmSchema: true,
    rows: [
      row("direct", "      A    A    A    A    d    d    d    d    d    A    d    d    d"),
      row("dax", "         d1   d1   d1   d1   d1   d1   d1   d1   d1   d1   d1   n/a  d1"),
    ],
  },
  {
    id: "CS-2",
    title: "DynamoDB read/write, no DAX",
    bobDax: [],
    bobDynamoDb: [...reads, ...writes, ...check],
    serviceRole: [...reads, ...writes, ...check, ...describe],
    warmSchema: true,
    rows: [
      row("direct", "      A    A    A    A    A    A    A    A    A    A    A    d    d"),
      row("dax", "         d1   d1   d1   d1   d1   d1   d1   d1   d1   d1   d1   n/a  d1"),
    ],
  },
  {
    id: "CS-3",
    title: "DynamoDB and DAX read-only",
    bobDax: reads,
    bobDynamoDb: reads,
    serviceRole: [...reads, ...describe],
    rows: [
      row("direct", "      A    A    A    A    d    d    d    d    d    A    d    d    d"),
      row("dax", "         A    A    A    A    d1   d1   d1   d1   d1   A    d1   n/a  d2"),
    ],
  },
  {
    id: "CS-3-as-printed",
    title: "DynamoDB and DAX read-only, service role without DescribeTable",
    bobDax: reads,
    bobDynamoDb: reads,
    serviceRole: reads,
    schemaDenied: true,
    rows: [row("dax", "    d2   d2   d2   d2   d1   d1   d1   d1   d1   d2   d1   n/a  d2")],
  },
  {
    id: "CS-4",
    title: "DynamoDB read/write, DAX read-only",
    bobDax: reads,
    bobDynamoDb: [...reads, ...writes, ...check, ...describe],
    serviceRole: [...reads, ...describe],
    rows: [
      row("direct", "      A    A    A    A    A    A    A    A    A    A    A    A    d"),
      row("dax", "         A    A    A    A    d1   d1   d1   d1   d1   A    d1   n/a  d2"),
    ],
  },
  {
    id: "CS-5",
    title: "DynamoDB and DAX read/write",
    bobDax: [...reads, ...writes, ...check],
    bobDynamoDb: [...reads, ...writes, ...check, ...describe],
    serviceRole: [...reads, ...writes, ...describe],
    rows: [
      row("direct", "      A    A    A    A    A    A    A    A    A    A    A    A    d"),
      row("dax", "         A    A    A    A    A    A    A    A    d2   A    A    n/a  d2"),
    ],
  },
  {
    id: "CS-6",
    title: "DAX read/write only, no direct access",
    bobDax: [...reads, ...writes, ...check],
    bobDynamoDb: [],
    serviceRole: [...reads, ...writes, ...check, ...describe],
    rows: [
      row("direct", "      d    d    d    d    d    d    d    d    d    d    d    d    d"),
      row("dax", "         A    A    A    A    A    A    A    A    A    A    A    n/a  d2"),
    ],
  },
];

import type { ContextValues, Principal } from "@hotkeep/core";
import { decide, denialMessage, type PolicySets } from "@hotkeep/policy";
import { describe, expect, test } from "vitest";
import { index, type Scenario, scenarios } from "./case-study-policies.js";
import { account, bobSession, books, cluster, request } from "./support.js";

/** The item operations of the matrix, as what is asked per hop. TransactWriteItems asks for several actions. */
const operations: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly resource?: string; readonly enclosing?: string }>
> = {
  G: { actions: ["GetItem"] },
  BG: { actions: ["BatchGetItem"] },
  Q: { actions: ["Query"] },
  S: { actions: ["Scan"] },
  P: { actions: ["PutItem"] },
  U: { actions: ["UpdateItem"] },
  D: { actions: ["DeleteItem"] },
  BW: { actions: ["BatchWriteItem"] },
  CC: { actions: ["ConditionCheckItem"], enclosing: "TransactWriteItems" },
  TG: { actions: ["GetItem"], enclosing: "TransactGetItems" },
  TW: { actions: ["PutItem", "UpdateItem", "DeleteItem"], enclosing: "TransactWriteItems" },
  DT: { actions: ["DescribeTable"] },
  QI: { actions: ["Query"], resource: index },
};

const clusterSession: Principal = {
  kind: "role-session",
  account,
  arn: `arn:aws:sts::${account}:assumed-role/DAXServiceRole/dax-daxcluster01`,
  roleArn: `arn:aws:iam::${account}:role/DAXServiceRole`,
  roleId: "AROASERVICEROLEROLE22",
  roleName: "DAXServiceRole",
  sessionName: "dax-daxcluster01",
};

type Cell = "A" | "d" | "d1" | "d2" | "dt" | "-";

/**
 * The document's table. `A` allowed, `d` denied at the table, `d1` denied to Bob at the cluster, `d2` denied to the
 * service role at the table, `dt` the same for want of DescribeTable, `-` does not exist.
 */
const matrix: readonly (readonly [keyof typeof scenarios, "direct" | "via DAX", string])[] = [
  //                           G  BG Q  S  P  U  D  BW CC TG TW DT QI
  ["CS-1", "direct", "          A  A  A  A  d  d  d  d  d  A  d  d  d"],
  ["CS-1", "via DAX", "         d1 d1 d1 d1 d1 d1 d1 d1 d1 d1 d1 -  d1"],
  ["CS-2", "direct", "          A  A  A  A  A  A  A  A  A  A  A  d  d"],
  ["CS-2", "via DAX", "         d1 d1 d1 d1 d1 d1 d1 d1 d1 d1 d1 -  d1"],
  ["CS-3", "direct", "          A  A  A  A  d  d  d  d  d  A  d  d  d"],
  ["CS-3", "via DAX", "         A  A  A  A  d1 d1 d1 d1 d1 A  d1 -  d2"],
  ["CS-3 as printed", "via DAX", "dt dt dt dt d1 d1 d1 d1 d1 dt d1 - dt"],
  ["CS-4", "direct", "          A  A  A  A  A  A  A  A  A  A  A  A  d"],
  ["CS-4", "via DAX", "         A  A  A  A  d1 d1 d1 d1 d1 A  d1 -  d2"],
  ["CS-5", "direct", "          A  A  A  A  A  A  A  A  A  A  A  A  d"],
  ["CS-5", "via DAX", "         A  A  A  A  A  A  A  A  d2 A  A  -  d2"],
  ["CS-6", "direct", "          d  d  d  d  d  d  d  d  d  d  d  d  d"],
  ["CS-6", "via DAX", "         A  A  A  A  A  A  A  A  A  A  A  -  d2"],
];

function firstDenial(
  principal: Principal,
  sets: PolicySets,
  service: string,
  actions: readonly string[],
  resource: string,
  context: ContextValues = {},
): string | undefined {
  for (const action of actions) {
    const decision = decide(request(`${service}:${action}`, resource, { principal, context }), sets);
    if (decision.outcome !== "allowed") return denialMessage(decision);
  }
  return undefined;
}

function outcomeOf(
  scenario: Scenario,
  path: string,
  operation: string,
): { readonly cell: Cell; readonly text: string } {
  const { actions, resource = books, enclosing } = operations[operation]!;
  const bob = { identity: [scenario.bob] };
  const inside = (service: string) => (enclosing === undefined ? {} : { [`${service}:EnclosingOperation`]: enclosing });
  if (path === "direct") {
    const text = firstDenial(bobSession, bob, "dynamodb", actions, resource, inside("dynamodb"));
    return { cell: text === undefined ? "A" : "d", text: text ?? "" };
  }
  const entry = firstDenial(bobSession, bob, "dax", actions, cluster.toLowerCase(), inside("dax"));
  if (entry !== undefined) return { cell: "d1", text: entry };
  const role = { identity: [scenario.serviceRole] };
  const metadata = firstDenial(clusterSession, role, "dynamodb", ["DescribeTable"], books);
  if (metadata !== undefined) return { cell: "dt", text: metadata };
  const table = firstDenial(clusterSession, role, "dynamodb", actions, resource, inside("dynamodb"));
  return table === undefined ? { cell: "A", text: "" } : { cell: "d2", text: table };
}

const cells = matrix.flatMap(([name, path, row]) =>
  row
    .trim()
    .split(/\s+/)
    .map((cell, place) => [name, path, Object.keys(operations)[place]!, cell as Cell] as const)
    .filter(([, , , cell]) => cell !== "-"),
);

describe("the case study, cell by cell", () => {
  test("has all the cells of the document", () => expect(cells).toHaveLength(6 * 26 - 6 + 12));

  test.each(cells)("%s %s %s is %s", (name, path, operation, cell) => {
    const outcome = outcomeOf(scenarios[name], path, operation);
    expect(outcome.cell).toBe(cell);
    const who = path === "direct" || cell === "d1" ? "assumed-role/BobUserRole/" : "assumed-role/DAXServiceRole/";
    if (cell !== "A") expect(outcome.text).toContain(who);
    if (cell === "dt") expect(outcome.text).toContain("perform: dynamodb:DescribeTable");
    if (cell === "d1") expect(outcome.text).toContain(`on resource: ${cluster.toLowerCase()}`);
  });
});

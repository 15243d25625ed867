import type { Clients } from "./clients.js";
import { clustersPanel } from "./clusters.js";
import { element, fill, row } from "./dom.js";
import { metricsPanel } from "./metrics-panel.js";
import type { Panel } from "./panel.js";
import { rolesPanel } from "./roles.js";

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

/** A part that is a table from one API. */
function listing(
  about: Pick<Panel, "id" | "service" | "title">,
  columns: readonly string[],
  empty: string,
  rows: (clients: Clients) => Promise<readonly (readonly string[])[]>,
): Panel {
  return {
    ...about,
    show: (place, clients) =>
      fill(place, async () => {
        const found = await rows(clients);
        if (found.length === 0) return [element("p", empty, "empty")];
        const table = document.createElement("table");
        table.append(row("th", columns), ...found.map((cells) => row("td", cells)));
        return [table];
      }),
  };
}

export const panels: readonly Panel[] = [
  clustersPanel,
  metricsPanel,
  listing(
    { id: "tables", service: "DynamoDB", title: "Tables" },
    ["Name", "Status", "Key", "Items"],
    "There is no table in this Region.",
    async ({ dynamodb }) => {
      const { TableNames = [] } = await dynamodb.listTables({});
      return Promise.all(
        TableNames.map(async (TableName) => {
          const { Table } = await dynamodb.describeTable({ TableName });
          const key = Table?.KeySchema?.map(({ AttributeName }) => AttributeName).join(", ");
          return [TableName, text(Table?.TableStatus), text(key), text(Table?.ItemCount)];
        }),
      );
    },
  ),
  listing(
    { id: "users", service: "IAM", title: "Users" },
    ["Name", "ARN", "Created"],
    "There is no user.",
    async ({ iam }) => {
      const { Users = [] } = await iam.listUsers({});
      return Users.map((user) => [text(user.UserName), text(user.Arn), text(user.CreateDate?.toISOString())]);
    },
  ),
  rolesPanel,
];

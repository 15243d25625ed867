import type { Clients } from "./clients.js";

/** One panel: a title, column heads, and rows from one API. */
export interface Panel {
  readonly title: string;
  readonly columns: readonly string[];
  readonly empty: string;
  rows(clients: Clients): Promise<readonly (readonly string[])[]>;
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

export const panels: readonly Panel[] = [
  {
    title: "Clusters",
    columns: ["Name", "Status", "Nodes", "Endpoint", "Service role"],
    empty: "There is no cluster in this Region.",
    async rows({ dax }) {
      const { Clusters = [] } = await dax.describeClusters({});
      return Clusters.map((cluster) => [
        text(cluster.ClusterName),
        text(cluster.Status),
        `${text(cluster.ActiveNodes)} of ${text(cluster.TotalNodes)}`,
        text(cluster.ClusterDiscoveryEndpoint?.URL ?? cluster.ClusterDiscoveryEndpoint?.Address),
        text(cluster.IamRoleArn),
      ]);
    },
  },
  {
    title: "Tables",
    columns: ["Name", "Status", "Key", "Items"],
    empty: "There is no table in this Region.",
    async rows({ dynamodb }) {
      const { TableNames = [] } = await dynamodb.listTables({});
      return Promise.all(
        TableNames.map(async (TableName) => {
          const { Table } = await dynamodb.describeTable({ TableName });
          const key = Table?.KeySchema?.map(({ AttributeName }) => AttributeName).join(", ");
          return [TableName, text(Table?.TableStatus), text(key), text(Table?.ItemCount)];
        }),
      );
    },
  },
  {
    title: "Users",
    columns: ["Name", "ARN", "Created"],
    empty: "There is no user.",
    async rows({ iam }) {
      const { Users = [] } = await iam.listUsers({});
      return Users.map((user) => [text(user.UserName), text(user.Arn), text(user.CreateDate?.toISOString())]);
    },
  },
  {
    title: "Roles",
    columns: ["Name", "ARN", "Description"],
    empty: "There is no role.",
    async rows({ iam }) {
      const { Roles = [] } = await iam.listRoles({});
      return Roles.map((role) => [text(role.RoleName), text(role.Arn), text(role.Description)]);
    },
  },
];

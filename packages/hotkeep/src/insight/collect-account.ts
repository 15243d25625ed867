import { Agent } from "node:https";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB, paginateListTables } from "@aws-sdk/client-dynamodb";
import { IAM, paginateGetAccountAuthorizationDetails } from "@aws-sdk/client-iam";
import type { AccountExport } from "@hotkeep/insight";
import type { TablePlace } from "../table-files/table-place.js";

async function authorizationDetails(iam: IAM): Promise<AccountExport["authorizationDetails"]> {
  const pages = [];
  for await (const page of paginateGetAccountAuthorizationDetails({ client: iam }, {})) pages.push(page);
  return {
    UserDetailList: pages.flatMap(({ UserDetailList = [] }) => UserDetailList),
    GroupDetailList: pages.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
    RoleDetailList: pages.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
    Policies: pages.flatMap(({ Policies = [] }) => Policies),
  };
}

async function clustersOf(dax: DAX): Promise<AccountExport["clusters"]> {
  const found = [];
  let token: string | undefined;
  do {
    const { Clusters = [], NextToken } = await dax.describeClusters(token === undefined ? {} : { NextToken: token });
    found.push(...Clusters);
    token = NextToken;
  } while (token !== undefined);
  return { Clusters: found };
}

async function tablesOf(dynamodb: DynamoDB): Promise<AccountExport["tables"]> {
  const tables = [];
  for await (const { TableNames = [] } of paginateListTables({ client: dynamodb }, {})) {
    for (const TableName of TableNames) {
      const { Table } = await dynamodb.describeTable({ TableName });
      const TableArn = Table!.TableArn!;
      const policy = await dynamodb.getResourcePolicy({ ResourceArn: TableArn }).catch((error: unknown) => {
        if ((error as Error).name === "PolicyNotFoundException") return undefined;
        throw error;
      });
      tables.push({ TableArn, ...(policy?.Policy === undefined ? {} : { Policy: policy.Policy }) });
    }
  }
  return tables;
}

/** Asks the public APIs for everything that insight needs to know of an account, in one Region. */
export async function collectAccount({ url, region, credentials, authority }: TablePlace): Promise<AccountExport> {
  const options = {
    endpoint: url.origin,
    region,
    credentials: { ...credentials },
    ...(authority !== undefined && { requestHandler: { httpsAgent: new Agent({ ca: authority }) } }),
  };
  const clients = { iam: new IAM(options), dax: new DAX(options), dynamodb: new DynamoDB(options) };
  try {
    return {
      authorizationDetails: await authorizationDetails(clients.iam),
      clusters: await clustersOf(clients.dax),
      tables: await tablesOf(clients.dynamodb),
    };
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

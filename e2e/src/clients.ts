import { createRequire } from "node:module";
import { Dax } from "@amazon-dax-sdk/client-dax";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EC2 } from "@aws-sdk/client-ec2";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import type { ItemClient } from "./case-study/operations.js";

/** Keys as the SDKs take them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where an account is served. */
export interface Endpoint {
  readonly endpoint: string;
  readonly region: string;
}

/** The unmodified SDK clients of every service, as one caller. */
export function awsClients({ endpoint, region }: Endpoint, credentials: Keys) {
  // The SDK writes into the object it is given.
  const options = { endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
  return {
    iam: new IAM(options),
    sts: new STS(options),
    ec2: new EC2(options),
    dax: new DAX(options),
    dynamodb: new DynamoDB(options),
  };
}

/** A DAX client that can be closed. */
export interface DaxClient extends ItemClient {
  close(): void;
}

/** The official DAX client for the AWS SDK for JavaScript v3. */
export function daxClient(daxEndpoint: string, region: string, credentials: Keys): DaxClient {
  // Without any retry these clients fail a call that comes between its first roster and its first health check.
  const client = new Dax({ endpoint: daxEndpoint, region, credentials, maxRetries: 2 } as never);
  return Object.assign(client as unknown as ItemClient, {
    close: () => (client as unknown as { shutdown(): void }).shutdown(),
  });
}

interface DaxV2 {
  shutdown(): void;
  [operation: string]: unknown;
}

/** The official DAX client for the AWS SDK for JavaScript v2, with promises. */
export function daxClientV2(daxEndpoint: string, region: string, keys: Keys): DaxClient {
  const require = createRequire(import.meta.url);
  const aws = require("aws-sdk") as { Credentials: new (id: string, secret: string, token?: string) => unknown };
  const AmazonDaxClient = require("amazon-dax-client") as new (options: unknown) => DaxV2;
  const client = new AmazonDaxClient({
    endpoints: [daxEndpoint],
    region,
    credentials: new aws.Credentials(keys.accessKeyId, keys.secretAccessKey, keys.sessionToken),
    maxRetries: 2,
  });
  const call = (name: string) => (input: unknown) => {
    const operation = client[name] as (input: unknown) => { promise(): Promise<unknown> };
    return operation.call(client, input).promise();
  };
  return {
    getItem: call("getItem"),
    batchGetItem: call("batchGetItem"),
    query: call("query"),
    scan: call("scan"),
    putItem: call("putItem"),
    updateItem: call("updateItem"),
    deleteItem: call("deleteItem"),
    batchWriteItem: call("batchWriteItem"),
    transactGetItems: call("transactGetItems"),
    transactWriteItems: call("transactWriteItems"),
    describeTable: call("describeTable"),
    close: () => client.shutdown(),
  };
}

import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";

/** What the sign-in form gives. */
export interface SignIn {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** The public APIs of the gateway that served this page, as the person who signed in. */
export function clientsOf({ region, ...credentials }: SignIn) {
  const options = { endpoint: location.origin, region, credentials, maxAttempts: 2 };
  return {
    sts: new STS(options),
    dax: new DAX(options),
    dynamodb: new DynamoDB(options),
    iam: new IAM(options),
    cloudWatch: new CloudWatchClient(options),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

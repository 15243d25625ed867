import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EC2 } from "@aws-sdk/client-ec2";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";

/** The SDK's clients of all services. */
export interface AwsClients {
  readonly iam: IAM;
  readonly sts: STS;
  readonly ec2: EC2;
  readonly dax: DAX;
  readonly dynamodb: DynamoDB;
}

const classes = { iam: IAM, sts: STS, ec2: EC2, dax: DAX, dynamodb: DynamoDB };

/** Every operation that the SDK knows of a service, in the service's own spelling. */
export function operationNames(service: keyof AwsClients): readonly string[] {
  return Object.getOwnPropertyNames(classes[service].prototype)
    .filter((name) => !/^(constructor$|paginate|waitUntil)/.test(name))
    .map((name) => name[0]!.toUpperCase() + name.slice(1));
}

import { DAX } from "@aws-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { EC2 } from "@aws-sdk/client-ec2";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import type { AwsClients } from "./aws-clients.js";
import { type Place, validCalls } from "./valid-calls.js";

/** What an SDK client would have sent, without what depends on where and when: no host, no signature. */
export interface RecordedRequest {
  readonly service: keyof AwsClients;
  /** For JSON services. */
  readonly target: string | undefined;
  readonly contentType: string;
  readonly body: string;
}

interface SdkRequest {
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

class Recorded extends Error {}

/** The bytes of all {@link validCalls}, as the unmodified SDK writes them. */
export async function recordRequests(place: Place): Promise<readonly RecordedRequest[]> {
  const recorded: RecordedRequest[] = [];
  const options = (service: keyof AwsClients) => ({
    endpoint: "http://localhost",
    region: place.region,
    credentials: { accessKeyId: "AKIARECORDER", secretAccessKey: "recorder" },
    maxAttempts: 1,
    requestHandler: {
      handle({ headers, body }: SdkRequest): Promise<never> {
        recorded.push({
          service,
          target: headers["x-amz-target"],
          contentType: headers["content-type"] ?? "",
          body: typeof body === "string" ? body : new TextDecoder().decode(body),
        });
        return Promise.reject(new Recorded());
      },
    },
  });
  const clients = {
    iam: new IAM(options("iam")),
    sts: new STS(options("sts")),
    ec2: new EC2(options("ec2")),
    dax: new DAX(options("dax")),
    dynamodb: new DynamoDB(options("dynamodb")),
  };
  for (const outcome of await Promise.allSettled(validCalls(clients, place))) {
    if (outcome.status === "rejected" && !(outcome.reason instanceof Recorded)) throw outcome.reason;
  }
  // The order in which calls come through the SDK's middleware is not that of the list.
  const text = ({ service, target, body }: RecordedRequest) => `${service} ${target} ${body}`;
  return recorded.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

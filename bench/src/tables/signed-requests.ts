import { hash } from "node:crypto";
import { RequestSigner, type SigningCredentials } from "@hotkeep/protocols";

/** What to sign, for whom. */
export interface RequestsToSign {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: SigningCredentials;
  readonly operation: string;
  readonly bodies: readonly object[];
}

/** A request's headers and body. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Requests for a DynamoDB operation with the headers that the SDK for JavaScript sends, signed now. */
export function signRequests({ endpoint, region, credentials, operation, bodies }: RequestsToSign): SignedRequest[] {
  const signer = new RequestSigner(credentials);
  const now = Date.now();
  return bodies.map((json, index) => {
    const body = JSON.stringify(json);
    const headers = {
      host: endpoint.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-user-agent": "aws-sdk-js/3.1164.0",
      "amz-sdk-invocation-id": `5ce7a1f0-6a3c-4b5e-8a35-${String(index).padStart(12, "0")}`,
      "amz-sdk-request": "attempt=1; max=3",
      "content-length": String(Buffer.byteLength(body)),
      "x-amz-content-sha256": hash("sha256", body, "hex"),
    };
    const signature = signer.sign({ method: "POST", url: "/", headers, body }, { region, service: "dynamodb", now });
    const unsigned = {
      "user-agent": "aws-sdk-js/3.1164.0 ua/2.1 os/linux lang/js md/nodejs#20.20.2 api/dynamodb#3.1164.0",
      connection: "keep-alive",
    };
    return { headers: { ...headers, ...signature, ...unsigned }, body };
  });
}

/** The same as bytes for the wire. */
export function signedRequests(wanted: RequestsToSign): readonly Buffer[] {
  return signRequests(wanted).map(({ headers, body }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return Buffer.from(`POST / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  });
}

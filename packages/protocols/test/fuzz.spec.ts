import { SeededRandom } from "@hotkeep/core";
import type { HttpRequest, ServiceName } from "@hotkeep/protocols";
import { describe, expect, it } from "vitest";
import { type Call, signedCall } from "./calls.js";
import { makeRouter, Recorder } from "./server.js";

const cases = 2000;
const router = makeRouter(new Recorder());

const item = '{"pk":{"S":"a"},"n":{"N":"1"},"l":{"L":[{"NULL":true},{"M":{"x":{"BS":["AA=="]}}}]}}';
const seeds: Readonly<Record<string, readonly Call[]>> = {
  dynamodb: [
    {
      service: "dynamodb",
      operation: "PutItem",
      body: `{"TableName":"Books","Item":${item},"ReturnValues":"ALL_OLD"}`,
    },
    {
      service: "dynamodb",
      operation: "BatchWriteItem",
      body: `{"RequestItems":{"Books":[{"PutRequest":{"Item":${item}}},{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}}`,
    },
    {
      service: "dynamodb",
      operation: "CreateTable",
      body: '{"TableName":"Books","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},"Tags":[{"Key":"k","Value":"v"}]}',
    },
  ],
  dynamodbstreams: [
    {
      service: "dynamodbstreams",
      operation: "GetShardIterator",
      body: `{"StreamArn":"arn:aws:dynamodb:us-west-2:123456789012:table/Books/stream/2026-01-01T00:00:00.000","ShardId":"shardId-00000001414576573621-f55eea83","ShardIteratorType":"AT_SEQUENCE_NUMBER","SequenceNumber":"100000000000000000001"}`,
    },
  ],
  dax: [
    {
      service: "dax",
      operation: "CreateCluster",
      body: '{"ClusterName":"c","NodeType":"dax.t3.small","ReplicationFactor":3,"IamRoleArn":"arn:aws:iam::1:role/R","AvailabilityZones":["a","b"],"SSESpecification":{"Enabled":true},"Tags":[{"Key":"k","Value":"v"}]}',
    },
    { service: "dax", operation: "DescribeEvents", body: '{"StartTime":1576625059.509,"Duration":60,"MaxResults":10}' },
  ],
  iam: [
    {
      service: "iam",
      body: "Action=CreateRole&Version=2010-05-08&RoleName=R&AssumeRolePolicyDocument=%7B%22a%22%3A1%7D&Tags.member.1.Key=k&Tags.member.1.Value=v&MaxSessionDuration=3600",
    },
    {
      service: "iam",
      body: "",
      method: "GET",
      url: "/?Action=SimulateCustomPolicy&Version=2010-05-08&PolicyInputList.member.1=%7B%7D&ActionNames.member.1=a%3Ab&ContextEntries.member.1.ContextKeyValues.member.1=x",
    },
  ],
  monitoring: [
    {
      service: "monitoring",
      operation: "GetMetricStatistics",
      body: '{"Namespace":"AWS/DAX","MetricName":"ItemCacheHits","Dimensions":[{"Name":"ClusterId","Value":"c"}],"StartTime":1576625059.5,"EndTime":1576628659,"Period":60,"Statistics":["Sum"]}',
    },
    {
      service: "monitoring",
      url: "/service/GraniteServiceVersion20100801/operation/ListMetrics",
      headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
      body: Buffer.from(
        "a2694e616d657370616365674157532f4441586a4d65747269634e616d656d4974656d436163686548697473",
        "hex",
      ).toString("latin1"),
    },
    {
      service: "monitoring",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "Action=ListMetrics&Version=2010-08-01&Namespace=AWS%2FDAX&Dimensions.member.1.Name=ClusterId",
    },
  ],
  hotkeep: [
    {
      service: "hotkeep",
      operation: "XRay",
      body: '{"ClusterName":"c","TableName":"Books","Key":{"Author":{"S":"x"}}}',
    },
  ],
  ec2: [
    {
      service: "ec2",
      body: "Action=AuthorizeSecurityGroupIngress&Version=2016-11-15&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=8111&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0%2F0&DryRun=false",
    },
    {
      service: "ec2",
      body: "Action=DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&SubnetId.1=s&MaxResults=10",
    },
  ],
};

const pieces = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "null",
  "\\u0000",
  "\\ud800",
  "%",
  "%zz",
  "&",
  "=",
  ".",
  "1e999",
  "-1",
  "__proto__",
  "constructor",
  "\u0000",
  "é",
  "🎉",
  "<![CDATA[",
  "X-Amz-Algorithm=",
  "?",
  "/../",
  ";",
  ",",
  "\n",
];

/** Changes text in a few places: cut, doubled, overwritten, or with something odd put in. */
function mutate(text: string, random: SeededRandom): string {
  let out = text;
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(out.length + 1);
    const end = Math.min(out.length, at + random.below(12));
    switch (random.below(5)) {
      case 0:
        out = out.slice(0, at) + out.slice(end);
        break;
      case 1:
        out = out.slice(0, end) + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at) + String.fromCharCode(random.below(256)) + out.slice(at + 1);
        break;
      case 3:
        out = out.slice(0, at) + pieces[random.below(pieces.length)]!.repeat(1 + random.below(3)) + out.slice(at);
        break;
      default:
        out = out.slice(0, at) + out.slice(random.below(out.length + 1));
    }
  }
  return out;
}

/** Half of the cases are mutated before they are signed, to get past the signature; half afterwards, headers too. */
function makeCase(call: Call, random: SeededRandom): HttpRequest {
  if (random.below(2) === 0) {
    const operation = random.below(8) === 0 ? mutate(call.operation ?? "", random) : call.operation;
    if (call.method === "GET") {
      const url = mutate(call.url!.slice(2), random);
      // A URL that cannot be signed is none that a client can send.
      if (!/%(?![0-9a-f]{2})|%[89a-f]/i.test(url)) return signedCall({ ...call, url: `/?${url}` });
    }
    return signedCall({
      ...call,
      ...(operation === undefined ? {} : { operation }),
      body: mutate(call.body.toString(), random),
    });
  }
  const request = signedCall(call);
  const rawHeaders = request.rawHeaders.map((text) => (random.below(6) === 0 ? mutate(text, random) : text));
  if (random.below(4) === 0) rawHeaders.splice(random.below(rawHeaders.length), 1 + random.below(2));
  const url = random.below(3) === 0 ? mutate(request.url, random) : request.url;
  const method = random.below(8) === 0 ? mutate(request.method, random) : request.method;
  const body = random.below(3) === 0 ? Buffer.from(mutate(request.body.toString(), random)) : request.body;
  return { ...request, rawHeaders, url, method, body };
}

describe.each(Object.keys(seeds) as ServiceName[])("%s requests, mutated", (name) => {
  it(`${cases} times, are answered and never fail inside`, async () => {
    const random = new SeededRandom(0x5eed);
    const statuses = new Map<number, number>();
    for (let i = 0; i < cases; i++) {
      const request = makeCase(seeds[name]![i % seeds[name]!.length]!, random);
      const started = performance.now();
      const response = await router.handle(request);
      const took = performance.now() - started;
      if (response.status >= 500 || took > 1000) {
        throw new Error(
          `case ${i}: status ${response.status} after ${took} ms for ${JSON.stringify({ ...request, body: request.body.toString() })}: ${response.body}`,
        );
      }
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
    // Enough of them got through to the codecs, and enough did not.
    expect(statuses.get(200)).toBeGreaterThan(cases / 20);
    expect(statuses.get(400)).toBeGreaterThan(cases / 5);
  });
});

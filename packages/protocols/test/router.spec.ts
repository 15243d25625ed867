import { AwsError, CommonAwsError, type LogFields, ManualClock, permission, SeededRandom } from "@hotkeep/core";
import {
  type AuditRecord,
  createRouter,
  type IamOperations,
  operationsOf,
  type RouterOptions,
  rawJson,
} from "@hotkeep/protocols";
import { beforeEach, describe, expect, it } from "vitest";
import { json, signedCall, unsignedCall } from "./calls.js";
import { authorizer, bob, credentials, makeRouter, Recorder, serviceNames, session } from "./server.js";

const form = { "content-type": "application/x-www-form-urlencoded" };
const iamBody = "Action=GetRole&Version=2010-05-08&RoleName=R";
const getItem = '{"TableName":"Books","Key":{"pk":{"S":"a"}}}';

let recorder = new Recorder();
let logged: { message: string; fields: LogFields | undefined }[] = [];
let audited: AuditRecord[] = [];
const log = (message: string, fields?: LogFields) => void logged.push({ message, fields });
const logger = { debug: log, info: log, warn: log, error: log };

function router(options: Partial<RouterOptions> = {}) {
  return makeRouter(recorder, { logger, audit: (record) => void audited.push(record), ...options });
}

/** A router on which every operation needs something that nobody has. */
function closedRouter() {
  const needs = () => [permission("iam:Allowed", "*"), permission("iam:GetRole", "forbidden")];
  return router({
    services: serviceNames.map((service) => ({ service, operations: recorder.handlers(service, needs) })),
  });
}

beforeEach(() => {
  recorder = new Recorder();
  logged = [];
  audited = [];
});

describe("a refused call speaks its protocol", () => {
  it("DynamoDB: type with the speaker's name, capital Message for denials, checksum", async () => {
    const denied = await closedRouter().handle(
      signedCall({ service: "dynamodb", operation: "GetItem", body: getItem }),
    );
    expect(denied.status).toBe(400);
    expect(json(denied)).toEqual({
      __type: "com.amazon.coral.service#AccessDeniedException",
      Message: "User: Bob is not authorized to perform: iam:GetRole",
    });
    expect(denied.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": "decision-1",
      "x-amz-crc32": expect.stringMatching(/^\d+$/),
    });
    expect(recorder.call).toBeUndefined();
  });

  it("DynamoDB Streams: told apart by its target, signed for and answered as DynamoDB", async () => {
    const body = '{"TableName":"Books"}';
    const call = { service: "dynamodbstreams", operation: "ListStreams", body } as const;
    const denied = await closedRouter().handle(signedCall(call));
    expect(json(denied)).toMatchObject({ __type: "com.amazon.coral.service#AccessDeniedException" });
    expect(denied.headers["x-amz-crc32"]).toMatch(/^\d+$/);
    expect((await router().handle(signedCall(call))).status).toBe(200);
    expect(recorder.call).toMatchObject({ service: "dynamodb", operation: "ListStreams" });
    expect(audited.at(-1)).toMatchObject({ service: "dynamodb", operation: "ListStreams" });
    const elsewhere = await router().handle(signedCall({ ...call, operation: "GetItem" }));
    expect(json(elsewhere)).toMatchObject({ __type: "com.amazon.coral.service#UnknownOperationException" });
  });

  it("DAX: the bare type", async () => {
    const denied = await closedRouter().handle(
      signedCall({ service: "dax", operation: "DescribeClusters", body: "{}" }),
    );
    expect(denied.status).toBe(400);
    expect(json(denied)).toEqual({
      __type: "AccessDeniedException",
      Message: "User: Bob is not authorized to perform: iam:GetRole",
    });
    expect(denied.headers["content-type"]).toBe("application/x-amz-json-1.1");
  });

  it("IAM: XML with a request id", async () => {
    const denied = await closedRouter().handle(signedCall({ service: "iam", body: iamBody, headers: form }));
    expect(denied.status).toBe(403);
    expect(denied.body.toString()).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
        "<Message>User: Bob is not authorized to perform: iam:GetRole</Message></Error><RequestId>decision-1</RequestId></ErrorResponse>\n",
    );
  });

  it("EC2: a dialect and an opening of its own", async () => {
    const body = "Action=DescribeVpcs&Version=2016-11-15";
    const denied = await closedRouter().handle(signedCall({ service: "ec2", body, headers: form }));
    expect(denied.status).toBe(403);
    expect(denied.body.toString()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are ' +
        "not authorized to perform this operation. User: Bob is not authorized to perform: iam:GetRole Encoded authorization " +
        "failure message: c2VjcmV0</Message></Error></Errors><RequestID>decision-1</RequestID></Response>",
    );
  });
});

describe("an unsigned call is refused in the protocol that it looks like", () => {
  it.each([
    [
      "a DynamoDB target",
      { headers: { "X-Amz-Target": "DynamoDB_20120810.GetItem" }, body: "{}" },
      400,
      "com.amazon.coral.service#MissingAuthenticationTokenException",
    ],
    [
      "a DAX target",
      { headers: { "X-Amz-Target": "AmazonDAXV3.CreateCluster" }, body: "{}" },
      400,
      '{"__type":"MissingAuthenticationTokenException"',
    ],
    ["an IAM form", { headers: form, body: iamBody }, 403, "<Code>MissingAuthenticationToken</Code>"],
    [
      "an STS address",
      { method: "GET", url: "/?Action=GetCallerIdentity&Version=2011-06-15", body: "" },
      403,
      "https://sts.amazonaws.com/doc/2011-06-15/",
    ],
    ["an EC2 form", { headers: form, body: "Version=2016-11-15&Action=DescribeVpcs" }, 401, "<Code>AuthFailure</Code>"],
    ["nothing known", { method: "GET", url: "/favicon.ico", body: "" }, 400, "MissingAuthenticationTokenException"],
  ])("%s", async (_name, call, status, text) => {
    const response = await router().handle(unsignedCall(call));
    expect(response.status).toBe(status);
    expect(response.body.toString()).toContain(text);
    expect(response.body.toString()).toContain("Request is missing Authentication Token");
  });
});

describe("a bad signature has its code in each protocol", () => {
  const wrong = { ...bob, secretAccessKey: "wrong" };
  const stranger = { ...bob, accessKeyId: "AKIASTRANGER" };
  it.each([
    ["dynamodb", "GetItem", getItem, wrong, 400, "#InvalidSignatureException"],
    ["dynamodb", "GetItem", getItem, stranger, 400, "#UnrecognizedClientException"],
    ["dax", "DescribeClusters", "{}", stranger, 400, '"UnrecognizedClientException"'],
    ["iam", "", iamBody, wrong, 403, "<Code>SignatureDoesNotMatch</Code>"],
    ["iam", "", iamBody, stranger, 403, "<Code>InvalidClientTokenId</Code>"],
    [
      "ec2",
      "",
      "Action=DescribeVpcs",
      wrong,
      401,
      "<Code>AuthFailure</Code><Message>AWS was not able to validate the provided access credentials</Message>",
    ],
  ] as const)("%s %s", async (service, operation, body, from, status, text) => {
    const response = await router().handle(signedCall({ service, operation, body, credentials: from }));
    expect(response.status).toBe(status);
    expect(response.body.toString()).toContain(text);
  });

  it("and so has a clock that is off", async () => {
    const now = Date.now() - 20 * 60_000;
    const status = async (service: "iam" | "ec2" | "dax", body: string) => {
      const response = await router().handle(signedCall({ service, operation: "ListTags", body, now }));
      return [response.status, /[A-Z][A-Za-z]+(?=<\/Code>|",)/.exec(response.body.toString())?.[0]];
    };
    expect(await status("iam", iamBody)).toEqual([403, "SignatureDoesNotMatch"]);
    expect(await status("ec2", "Action=DescribeVpcs")).toEqual([400, "RequestExpired"]);
    expect(await status("dax", "{}")).toEqual([400, "InvalidSignatureException"]);
  });
});

describe("checks are made in order", () => {
  it("signature before operation before body before model before permission", async () => {
    const closed = closedRouter();
    const ask = async (operation: string, body: string, from = bob) =>
      json(await closed.handle(signedCall({ service: "dynamodb", operation, body, credentials: from })));
    const wrong = { ...bob, secretAccessKey: "wrong" };
    expect((await ask("Nonsense", "{", wrong)).__type).toBe("com.amazon.coral.service#InvalidSignatureException");
    expect(await ask("Nonsense", "{")).toEqual({
      __type: "com.amazon.coral.service#UnknownOperationException",
      message: "The requested operation is not recognized by the service.",
    });
    expect(await ask("GetItem", "{")).toEqual({
      __type: "com.amazon.coral.service#SerializationException",
      Message: "The body is not valid JSON",
    });
    expect(await ask("GetItem", "{}")).toEqual({
      __type: "com.amazon.coral.validate#ValidationException",
      message:
        "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'key' failed to satisfy constraint: Member must not be null",
    });
    expect((await ask("GetItem", getItem)).__type).toBe("com.amazon.coral.service#AccessDeniedException");
  });

  it("permissions before a dry run, a dry run before effects", async () => {
    const body = "Action=DeleteVpc&VpcId=vpc-1&DryRun=true";
    const denied = await closedRouter().handle(signedCall({ service: "ec2", body }));
    expect(denied.body.toString()).toContain("UnauthorizedOperation");
    const dry = await router().handle(signedCall({ service: "ec2", body }));
    expect(dry.status).toBe(412);
    expect(dry.body.toString()).toContain("<Code>DryRunOperation</Code>");
    expect(recorder.call).toBeUndefined();
  });
});

describe("an operation is unknown", () => {
  it.each([
    [
      "to IAM",
      "iam",
      "Action=Frob&Version=2010-05-08",
      "<Code>InvalidAction</Code><Message>Could not find operation Frob for version 2010-05-08<",
    ],
    ["to IAM in that version", "iam", "Action=GetRole&Version=1", "Could not find operation GetRole for version 1<"],
    [
      "to IAM without a version",
      "iam",
      "Action=GetRole",
      "Could not find operation GetRole for version NO_VERSION_SPECIFIED<",
    ],
    ["when there is none", "iam", "Version=2010-05-08", "<Code>MissingAction</Code>"],
    [
      "to EC2",
      "ec2",
      "Action=RunInstances",
      "<Code>InvalidAction</Code><Message>The action RunInstances is not valid for this web service.<",
    ],
    [
      "though an object has such a member",
      "iam",
      "Action=constructor&Version=2010-05-08",
      "<Code>InvalidAction</Code>",
    ],
  ] as const)("%s", async (_name, service, body, text) => {
    const response = await router().handle(signedCall({ service, body }));
    expect(response.status).toBe(400);
    expect(response.body.toString()).toContain(text);
  });

  it("when the model has it and no room handles it", async () => {
    const empty = createRouter({
      services: [],
      credentials,
      authorizer,
      clock: { ...new ManualClock(), now: Date.now, monotonic: Date.now, after: () => ({ cancel() {} }) },
      random: new SeededRandom(1),
      logger,
    });
    const dynamo = await empty.handle(signedCall({ service: "dynamodb", operation: "GetItem", body: getItem }));
    expect(json(dynamo).__type).toBe("com.amazon.coral.service#UnknownOperationException");
    const iam = await empty.handle(signedCall({ service: "iam", body: iamBody }));
    expect(iam.body.toString()).toContain("<Code>InvalidAction</Code>");
  });

  it("when the target is another service's", async () => {
    const call = { service: "dax", body: "{}", headers: { "x-amz-target": "DynamoDB_20120810.ListTables" } } as const;
    expect(json(await router().handle(signedCall(call))).__type).toBe("UnknownOperationException");
  });

  it("and a room that claims one is told at once", () => {
    const operation = operationsOf<IamOperations>();
    const known = operation("GetUser", { needs: () => [], handle: () => ({ User: undefined }) });
    const make = (...operations: (typeof known)[]) => router({ services: [{ service: "iam", operations }] });
    expect(() => make({ ...known, name: "GetCat" })).toThrow("the model has no operation `iam:GetCat`");
    expect(() => make(known, known)).toThrow("`iam:GetUser` has two handlers");
  });
});

describe("a service that is not here", () => {
  it("is named in the words of the protocol that the request seems to speak", async () => {
    const lambda = { method: "GET", url: "/2015-03-31/functions", body: "", operation: "", service: "lambda" as never };
    const refused = await router().handle(signedCall(lambda));
    expect(refused.status).toBe(400);
    expect(json(refused).message).toBe(
      "The service lambda is not served here: iam, sts, ec2, dax, dynamodb, monitoring, hotkeep are",
    );
    const body = "Action=ListStacks&Version=2010-05-15";
    const stacks = { body, headers: form, operation: "", service: "cloudformation" as never };
    expect((await router().handle(signedCall(stacks))).body.toString()).toContain("<Code>InvalidAction</Code>");
    expect(recorder.call).toBeUndefined();
  });

  it("is a forged scope, when everything else names one that is", async () => {
    const forged = { body: iamBody, headers: form, operation: "", service: "s3" as never };
    expect((await router().handle(signedCall(forged))).body.toString()).toContain("<Code>SignatureDoesNotMatch</Code>");
  });
});

describe("a query request", () => {
  const input = async (body: string, url = "/", method = "POST") => {
    const response = await router().handle(signedCall({ service: "iam", body, url, method }));
    return recorder.input ?? /<Message>(.*)<\/Message>/s.exec(response.body.toString())?.[1];
  };

  it("may have its parameters in the URL", async () => {
    expect(await input("", "/?Action=GetRole&Version=2010-05-08&RoleName=a%2Bb", "GET")).toEqual({ RoleName: "a+b" });
  });

  it("keeps a plus sign in a URL, as the signature does", async () => {
    expect(await input("", "/?Action=GetRole&Version=2010-05-08&RoleName=a+b", "GET")).toEqual({ RoleName: "a+b" });
    recorder.input = undefined;
    expect(
      await input("Action=CreatePolicyVersion&Version=2010-05-08&PolicyArn=arn:aws:iam::1:policy/P&PolicyDocument=a+b"),
    ).toMatchObject({
      PolicyDocument: "a b",
    });
  });

  it("orders list elements by their numbers and reads an empty list", async () => {
    const start = "Action=UntagRole&Version=2010-05-08&RoleName=R&TagKeys.member.";
    expect(await input(`${start}10=j&TagKeys.member.2=b&TagKeys.member.1=a`)).toMatchObject({
      TagKeys: ["a", "b", "j"],
    });
    recorder.input = undefined;
    expect(await input("Action=UntagRole&Version=2010-05-08&RoleName=R&TagKeys=")).toMatchObject({ TagKeys: [] });
  });

  it.each([
    ["Action=ListRoles&Version=2010-05-08&MaxItems=ten", "Value 'ten' of parameter MaxItems is not an integer"],
    [
      "Action=ListRoles&Version=2010-05-08&MaxItems=99999999999",
      "Value '99999999999' of parameter MaxItems is not an integer",
    ],
    [
      "Action=ListPolicies&Version=2010-05-08&OnlyAttached=yes",
      "Value 'yes' of parameter OnlyAttached is not a boolean: true or false",
    ],
    [
      "Action=UntagRole&Version=2010-05-08&RoleName=R&TagKeys.member.x=a",
      "Value 'x' of parameter TagKeys is not a list's element number",
    ],
    ["Action=GetRole&Version=2010-05-08&RoleName.x=a", "Unexpected structure in parameter RoleName"],
    ["Action=GetRole&Version=2010-05-08&RoleName=%", "The query string contains a syntax error"],
    ["Action=GetRole&Version=2010-05-08&RoleName=%ff", "The query string contains a syntax error"],
    [`Action=GetRole&Version=2010-05-08&${"a.".repeat(40)}=1`, "A parameter's name has more than 32 parts"],
    [`Action=GetRole&Version=2010-05-08${"&a=1".repeat(10_001)}`, "A request has at most 10000 parameters"],
  ])("%.60s… is refused: %s", async (body, message) => {
    expect(await input(body)).toBe(message);
  });

  it("with a parameter that EC2 does not know is refused by EC2", async () => {
    const response = await router().handle(signedCall({ service: "ec2", body: "Action=DescribeVpcs&VpcIdd.1=vpc-1" }));
    expect(response.body.toString()).toContain(
      "<Code>UnknownParameter</Code><Message>The parameter VpcIdd is not recognized<",
    );
  });

  it("gets times in whole seconds from IAM and `return` from EC2", async () => {
    recorder.output = { User: { UserName: "u", CreateDate: new Date("2026-11-23T04:05:06.789Z") } };
    const user = await router().handle(signedCall({ service: "iam", body: "Action=GetUser&Version=2010-05-08" }));
    expect(user.body.toString()).toMatch(
      /^<GetUserResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/"><GetUserResult><User><UserName>u<\/UserName><CreateDate>2026-11-23T04:05:06Z<\/CreateDate><\/User><\/GetUserResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetUserResponse>\n$/,
    );
    const deleted = await router().handle(signedCall({ service: "ec2", body: "Action=DeleteVpc&VpcId=vpc-1" }));
    expect(deleted.body.toString()).toContain("</requestId><return>true</return></DeleteVpcResponse>");
  });

  it("cannot write control characters into XML", async () => {
    recorder.output = { User: { UserName: "a\u0000b\ud800c\u000bd🎉" } };
    const user = await router().handle(signedCall({ service: "iam", body: "Action=GetUser&Version=2010-05-08" }));
    expect(user.body.toString()).toContain("<UserName>a\ufffdb\ufffdc\ufffdd🎉</UserName>");
  });
});

describe("a JSON body", () => {
  it.each([
    ["Query", '{"TableName":1}', "NUMBER_VALUE cannot be converted to String"],
    ["Query", '{"TableName":true}', "TRUE_VALUE cannot be converted to String"],
    ["Query", '{"TableName":["a"]}', "Start of list found where not expected"],
    ["Query", '{"TableName":{}}', "Start of structure or map found where not expected"],
    ["Query", '{"Limit":"1"}', "STRING_VALUE cannot be converted to Integer"],
    ["Query", '{"Limit":1.5}', "NUMBER_VALUE cannot be converted to Integer"],
    ["Query", '{"Limit":2147483648}', "NUMBER_VALUE cannot be converted to Integer"],
    ["Query", '{"Limit":false}', "FALSE_VALUE cannot be converted to Integer"],
    ["Query", '{"ConsistentRead":"true"}', "Unexpected token received from parser"],
    ["Query", '{"AttributesToGet":"a"}', "Unexpected field type"],
    ["Query", '{"AttributesToGet":{}}', "Start of structure or map found where not expected"],
    ["Query", '{"AttributesToGet":[null]}', "null is no element of a list"],
    ["Query", '{"ExpressionAttributeNames":"{}"}', "Unexpected field type"],
    ["Query", '{"ExpressionAttributeNames":{"#a":null}}', "null is no value of a map"],
    ["Query", '{"ExpressionAttributeValues":[]}', "Start of list found where not expected"],
    ["Query", '{"ExclusiveStartKey":"x"}', "Unexpected field type"],
    ["Query", "[]", "Start of list found where not expected"],
    ["Query", "7", "Unexpected field type"],
    ["Query", "null", "Unexpected field type"],
    ["Query", "", "The body is not valid JSON"],
    ["Query", '\ufeff{"TableName":"Books"}', "The body is not valid JSON"],
    ["Query", `{"a":${"[".repeat(600)}${"]".repeat(600)}}`, "The body nests deeper than 512 levels"],
  ])("%s %.50s is refused: %s", async (operation, body, message) => {
    expect(json(await router().handle(signedCall({ service: "dynamodb", operation, body })))).toEqual({
      __type: "com.amazon.coral.service#SerializationException",
      Message: message,
    });
  });

  it("must be UTF-8, of the right type, and not too long", async () => {
    const open = router();
    const ask = async (call: { body: string | Buffer; headers?: Record<string, string>; service?: "dax" }) => {
      const response = await open.handle(signedCall({ service: "dynamodb", operation: "ListTables", ...call }));
      return [response.status, json(response).Message ?? json(response).message];
    };
    expect(await ask({ body: Buffer.from([0x22, 0xff, 0x22]) })).toEqual([400, "The body is not valid UTF-8"]);
    expect(await ask({ body: "{}", headers: { "content-type": "text/plain" } })).toEqual([
      400,
      "The content type must be application/x-amz-json-1.0",
    ]);
    expect(await ask({ body: "{}", headers: { "content-type": "application/json; charset=utf-8" } })).toEqual([
      200,
      undefined,
    ]);
    expect(await ask({ body: Buffer.alloc(16 * 1024 * 1024 + 1, " ") })).toEqual([
      413,
      "The request must not be longer than 16777216 bytes",
    ]);
    expect(await ask({ service: "dax", body: Buffer.alloc(1024 * 1024 + 1, " ") })).toEqual([
      413,
      "The request must not be longer than 1048576 bytes",
    ]);
    const lost = { ...signedCall({ service: "iam", operation: "GetUser", body: "" }), bodyTooLong: true };
    const refusal = await open.handle(lost);
    expect(refusal.status).toBe(413);
    expect(refusal.body).toContain("<Message>The request must not be longer than 1048576 bytes</Message>");
  });

  it("loses what the model does not know, and `null`s; brackets in strings do not nest", async () => {
    const brackets = "[{".repeat(600);
    const body = `{"TableName":"Books","Key":{"a":{"S":"${brackets}\\"]"}},"ConsistentRead":null,"Unknown":{"x":1}}`;
    await router().handle(signedCall({ service: "dynamodb", operation: "GetItem", body }));
    expect(recorder.input).toStrictEqual({ TableName: "Books", Key: { a: { S: `${brackets}"]` } } });
  });

  it("may have __proto__ for a name: it stays an own property", async () => {
    const body =
      '{"TableName":"Books","Item":{"__proto__":{"S":"x"}},"ExpressionAttributeNames":{"__proto__":"y","#a":"z"},"__proto__":{"ConditionExpression":"bad"}}';
    await router().handle(signedCall({ service: "dynamodb", operation: "PutItem", body }));
    const input = recorder.input as Record<string, Record<string, unknown>>;
    expect(JSON.stringify(input)).toBe(
      '{"TableName":"Books","Item":{"__proto__":{"S":"x"}},"ExpressionAttributeNames":{"__proto__":"y","#a":"z"}}',
    );
    expect(input.ConditionExpression).toBeUndefined();
  });
});

describe("an unexpected failure", () => {
  it.each([
    ["dynamodb", "GetItem", getItem, '"com.amazonaws.dynamodb.v20120810#InternalServerError"'],
    ["dax", "DescribeClusters", "{}", '"InternalFailure"'],
    ["iam", "", iamBody, "<Type>Receiver</Type><Code>InternalFailure</Code>"],
    ["ec2", "", "Action=DescribeVpcs", "<Code>InternalError</Code>"],
  ] as const)("of %s tells the log, and the client nothing", async (service, operation, body, text) => {
    recorder.output = new TypeError("the secret inner state");
    const response = await router().handle(signedCall({ service, operation, body }));
    expect(response.status).toBe(500);
    expect(response.body.toString()).toContain(text);
    expect(response.body.toString()).not.toContain("secret");
    expect(logged).toEqual([
      {
        message: "a call failed",
        fields: expect.objectContaining({
          service,
          requestId: response.headers["x-amzn-requestid"],
          error: recorder.output,
        }),
      },
    ]);
  });

  it("in writing an answer, or an error's members, or the audit record, is one too", async () => {
    recorder.output = { Table: { CreationDateTime: "yesterday" } };
    const describe = signedCall({ service: "dynamodb", operation: "DescribeTable", body: '{"TableName":"Books"}' });
    expect((await router().handle(describe)).status).toBe(500);
    recorder.output = new AwsError("TransactionCanceledException", "no", { members: { CancellationReasons: 7 } });
    expect((await router().handle(describe)).status).toBe(500);
    recorder.output = {};
    const audit = () => {
      throw new Error("disk full");
    };
    expect((await router({ audit }).handle(describe)).status).toBe(200);
    expect(logged.map(({ message }) => message)).toEqual([
      "a call failed",
      "a call failed",
      "an audit record was lost",
    ]);
  });

  it("of a known kind keeps its words", async () => {
    recorder.output = new CommonAwsError("ServiceUnavailable", "The table endpoint does not answer");
    const response = await router().handle(signedCall({ service: "dynamodb", operation: "GetItem", body: getItem }));
    expect(response.status).toBe(503);
    expect(json(response)).toEqual({
      __type: "com.amazon.coral.service#ServiceUnavailableException",
      message: "The table endpoint does not answer",
    });
    expect(logged).toHaveLength(1);
  });
});

describe("handlers", () => {
  it("of DynamoDB are answered in header lines that say what the headers say", async () => {
    const { status, headers, headerLines } = await router().handle(
      signedCall({ service: "dynamodb", operation: "GetItem", body: getItem }),
    );
    expect(status).toBe(200);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    expect(lines).toHaveLength(3);
    expect(headerLines).toBe(lines.join(""));
  });

  it("may take their time over needs and answers", async () => {
    const operation = operationsOf<IamOperations>();
    const slow = operation("GetUser", {
      needs: async ({ UserName }) => [permission("iam:GetUser", UserName ?? "*")],
      handle: async (_input, call) => ({
        User: { UserName: "u", Path: "/", UserId: "AIDA", Arn: call.requestId, CreateDate: new Date(0) },
      }),
    });
    const open = router({ services: [{ service: "iam", operations: [slow] }] });
    const response = await open.handle(signedCall({ service: "iam", body: "Action=GetUser&Version=2010-05-08" }));
    expect(response.body.toString()).toContain(`<Arn>${response.headers["x-amzn-requestid"]}</Arn>`);
    const denied = await open.handle(
      signedCall({ service: "iam", body: "Action=GetUser&Version=2010-05-08&UserName=forbidden" }),
    );
    expect(denied.status).toBe(403);
  });

  it("see where a call comes from", async () => {
    await router().handle(
      signedCall({
        service: "dax",
        operation: "ListTags",
        body: '{"ResourceName":"x"}',
        headers: { "user-agent": "test/1" },
      }),
    );
    expect(recorder.call).toMatchObject({
      service: "dax",
      operation: "ListTags",
      accessKeyId: bob.accessKeyId,
      account: "123456789012",
      region: "us-west-2",
      sourceIp: "10.0.0.9",
      secureTransport: true,
      userAgent: "test/1",
    });
  });

  it("of a service principal act in the house's account", async () => {
    const find = () => ({ ...bob, principal: { kind: "service" as const, service: "dax.amazonaws.com" } });
    const call = signedCall({ service: "dax", operation: "DescribeClusters", body: "{}" });
    expect((await router({ credentials: { find }, account: "999999999999" }).handle(call)).status).toBe(200);
    expect(recorder.call?.account).toBe("999999999999");
    expect((await router({ credentials: { find } }).handle(call)).status).toBe(500);
  });
});

describe("the audit trail", () => {
  it("has a record of every call, granted or refused", async () => {
    await router().handle(signedCall({ service: "dynamodb", operation: "GetItem", body: getItem }));
    await closedRouter().handle(signedCall({ service: "iam", body: iamBody }));
    await router().handle(unsignedCall({ body: "" }));
    expect(audited).toMatchObject([
      {
        service: "dynamodb",
        operation: "GetItem",
        status: 200,
        principal: { name: "Bob" },
        errorCode: undefined,
        sourceIp: "10.0.0.9",
        region: "us-west-2",
      },
      {
        service: "iam",
        operation: "GetRole",
        status: 403,
        requestId: "decision-1",
        errorCode: "AccessDenied",
        permissions: [{ action: "iam:Allowed" }, { action: "iam:GetRole", resource: "forbidden" }],
      },
      { operation: undefined, principal: undefined, status: 400, errorCode: "MissingAuthentication", permissions: [] },
    ]);
  });
});

describe("a local call", () => {
  const local = { service: "dynamodb", operation: "GetItem", region: "us-west-2", credentials: session } as const;
  const input = { TableName: "Books", Key: { pk: { S: "a" } } };

  it("is authenticated, validated, authorised and handled like any other", async () => {
    recorder.output = { Item: { pk: { S: "a" } } };
    expect(await router().invoke({ ...local, input, sourceIp: "10.1.1.1" })).toEqual({ Item: { pk: { S: "a" } } });
    expect(recorder.input).toEqual(input);
    expect(recorder.call).toMatchObject({ principal: { roleName: "R" }, sourceIp: "10.1.1.1", secureTransport: true });
    expect(audited).toMatchObject([{ service: "dynamodb", operation: "GetItem", status: 200 }]);
  });

  it("gets typed values where a handler answers encoded", async () => {
    recorder.output = rawJson('{"Table":{"TableName":"Books","CreationDateTime":1.5}}');
    const output = await router().invoke({ ...local, operation: "DescribeTable", input: { TableName: "Books" } });
    expect(output).toEqual({ Table: { TableName: "Books", CreationDateTime: new Date(1500) } });
  });

  it.each([
    [
      "an unknown key",
      { credentials: { ...session, accessKeyId: "AKIANOBODY" } },
      "UnknownKey",
      "The security token included in the request is invalid.",
    ],
    [
      "a wrong secret",
      { credentials: { ...session, secretAccessKey: "x" } },
      "BadSignature",
      "The secret access key does not belong to the access key id.",
    ],
    [
      "a wrong token",
      { credentials: { ...session, sessionToken: "x" } },
      "UnknownKey",
      "The security token included in the request is invalid",
    ],
    [
      "no token",
      { credentials: { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey } },
      "UnknownKey",
      "The security token included in the request is invalid",
    ],
    [
      "an unknown operation",
      { operation: "Frob" },
      "UnknownOperation",
      "The requested operation is not recognized by the service.",
    ],
    ["a wrong type", { input: { TableName: 7, Key: {} } }, "Serialization", "The value at 'TableName' is no string"],
    ["no object", { input: "x" }, "Serialization", "The value at '' is no structure"],
    [
      "a wrong type inside",
      { operation: "BatchWriteItem", input: { RequestItems: { a: [{ PutRequest: [] }] } } },
      "Serialization",
      "The value at 'RequestItems.a[0].PutRequest' is no structure",
    ],
    [
      "a broken constraint",
      { input: { Key: {} } },
      "Validation",
      "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ],
  ])("is refused for %s", async (_name, change, code, message) => {
    await expect(router().invoke({ ...local, input, ...change })).rejects.toMatchObject({ code, message });
    expect(recorder.call).toBeUndefined();
  });

  it("is refused without permission, and after the session's end", async () => {
    await expect(closedRouter().invoke({ ...local, input })).rejects.toMatchObject({ code: "AccessDenied" });
    const find = () => ({ ...session, expiresAt: 1 });
    await expect(router({ credentials: { find } }).invoke({ ...local, input })).rejects.toMatchObject({
      code: "ExpiredToken",
    });
  });

  it("never gets a raw exception", async () => {
    recorder.output = new TypeError("inner");
    await expect(router().invoke({ ...local, input })).rejects.toMatchObject({
      name: "CommonAwsError",
      code: "Internal",
    });
  });
});

import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, type Keys } from "../src/clients.js";
import { Bench, type Suspects } from "../src/identity/bench.js";
import { type Dialect, dialects } from "../src/identity/dialects.js";
import { forgeries } from "../src/identity/forgeries/index.js";
import { gatherSuspects, keysOf } from "../src/identity/suspects.js";
import { send, sendInTurn, type WireRequest } from "../src/identity/wire.js";

let hotkeep: RunningHotkeep;
let suspects: Suspects;
let nobodys: Keys;

beforeAll(async () => {
  const [here, elsewhere] = await Promise.all([startHotkeep({ empty: true }), startHotkeep({ empty: true })]);
  hotkeep = here;
  const foreign = elsewhere.credentials.root!;
  await elsewhere.stop();
  suspects = await gatherSuspects(here, here.credentials.root!, foreign, here.account);
  const { iam } = awsClients(here, suspects.root);
  await iam.createUser({ UserName: "Nobody" });
  nobodys = keysOf((await iam.createAccessKey({ UserName: "Nobody" })).AccessKey);
});
afterAll(() => hotkeep?.stop());

const benchFor = (dialect: Dialect): Bench => new Bench(dialect, hotkeep, suspects);

/** What is signed rightly must pass, or the refusals below show nothing. */
const honest: readonly { readonly title: string; make(bench: Bench): WireRequest }[] = [
  { title: "a long-term key", make: (b) => b.valid() },
  { title: "another user's key", make: (b) => b.valid({ keys: b.keys.other }) },
  { title: "a session with its token", make: (b) => b.valid({ keys: b.keys.session }) },
  { title: "a presigned URL", make: (b) => b.presigned() },
  { title: "a presigned URL of a session", make: (b) => b.presigned({ keys: b.keys.session }) },
  { title: "a presigned URL for seven days", make: (b) => b.presigned({ expires: "604800" }) },
  { title: "a presigned URL in its last seconds", make: (b) => b.presigned({ aheadSeconds: -50, expires: "60" }) },
  { title: "the loose signer, when it is strict", make: (b) => b.signWith({}) },
  {
    title: "a clock that is behind within the window",
    make: (b) => b.valid({ aheadSeconds: 20 - b.dialect.skewSeconds }),
  },
  {
    title: "a clock that is ahead within the window",
    make: (b) => b.valid({ aheadSeconds: b.dialect.skewSeconds - 20 }),
  },
  {
    title: "a header that is not signed",
    make: (b) => ({ ...b.valid(), headers: [...b.valid().headers, ["x-hop", "1"]] }),
  },
  { title: "a signed header with spaces around it", make: (b) => b.valid({ headers: { "x-custom": "  a   b  " } }) },
];

describe.each(dialects)("$service", (dialect) => {
  it.each(honest)("answers $title", async ({ make }) => {
    const answer = await send(hotkeep.endpoint, make(benchFor(dialect)));
    expect(answer.text).toContain(dialect.answer);
    expect(answer.status).toBe(200);
  });

  describe.each(Object.keys(forgeries))("refuses what forges %s:", (group) => {
    const cases = forgeries[group]!.filter(({ only }) => only === undefined || only.includes(dialect.service));

    it.each(cases)("$title", async (forgery) => {
      const answer = await send(hotkeep.endpoint, forgery.forge(benchFor(dialect)));
      const { refusal, words = "", except } = forgery;
      const [status, code] = except?.[dialect.service] ?? dialect.spellings[refusal];
      expect([answer.status, answer.code, answer.message]).toEqual([status, code, expect.any(String)]);
      const silent = dialect.service === "ec2" && (refusal === "bad signature" || refusal === "unknown key");
      expect(answer.message).toContain(silent ? "AWS was not able to validate the provided access credentials" : words);
      expect(answer.text).not.toContain(dialect.answer);
      // What a session proves itself with must not come back in an answer.
      for (const { sessionToken } of [suspects.session, suspects.otherSession]) {
        expect(answer.text).not.toContain(sessionToken);
      }
    });
  });
});

/** The gateway verifies what a connection repeats in another way than what comes first. */
describe("on a connection that has sent the same head before,", () => {
  const dynamodb = dialects.find(({ service }) => service === "dynamodb")!;
  const cases = Object.values(forgeries)
    .flat()
    .filter(({ only }) => only === undefined || only.includes("dynamodb"));

  it.each(cases)("a forgery is refused in the same words: $title", async (forgery) => {
    const bench = benchFor(dynamodb);
    const honestly = (count: number) => bench.valid({ aheadSeconds: -count });
    const forged = forgery.forge(bench);
    const alone = await send(hotkeep.endpoint, forged);
    const answers = await sendInTurn(hotkeep.endpoint, [1, 2, 3].map(honestly).concat(forged, [4, 5].map(honestly)));
    const [refused] = answers.splice(3, 1);
    expect([refused!.status, refused!.code]).toEqual([alone.status, alone.code]);
    expect(refused!.text).not.toContain(dynamodb.answer);
    for (const answer of answers) expect(answer.text).toContain(dynamodb.answer);
  });
});

/** Services that tell who calls them hand such URLs on, to prove their identity by them. */
it.each(["iam", "sts", "ec2"] as const)(
  "%s answers a presigned GET whose parameters are all in the URL",
  async (service) => {
    const bench = benchFor(dialects.find((known) => known.service === service)!);
    const parameters = Object.fromEntries(new URLSearchParams(bench.dialect.body));
    const request = bench.presigned({ method: "GET", body: "", parameters, keys: suspects.session });
    const answer = await send(hotkeep.endpoint, request);
    expect(answer.text).toContain(bench.dialect.answer);
    const other = { ...request, url: request.url.replace(/Action=\w+/, "Action=DeleteAccountAlias") };
    const forged = await send(hotkeep.endpoint, other);
    expect([forged.status, forged.code]).toEqual(bench.dialect.spellings["bad signature"]);
  },
);

describe("no forgery does what it asks for:", () => {
  const iam = dialects.find(({ service }) => service === "iam")!;
  const dynamodb = dialects.find(({ service }) => service === "dynamodb")!;
  const table = {
    ...{ TableName: "Forged0", BillingMode: "PAY_PER_REQUEST" },
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  };
  const creating: readonly Dialect[] = [
    { ...iam, body: "Action=CreateUser&Version=2010-05-08&UserName=Forged0", answer: "<UserName>Forged0</UserName>" },
    { ...dynamodb, target: "DynamoDB_20120810.CreateTable", body: JSON.stringify(table), answer: '"TableStatus"' },
  ];

  it.each(creating)("$service is asked to create something by every one of them", async (dialect) => {
    const { iam: users, dynamodb: tables } = awsClients(hotkeep, suspects.root);
    const things = async () => [
      ...(await users.listUsers({})).Users!.map(({ UserName }) => UserName),
      ...(await tables.listTables({})).TableNames!,
    ];
    const before = await things();
    for (const forgery of Object.values(forgeries).flat()) {
      if (forgery.only?.includes(dialect.service) === false) continue;
      const answer = await send(hotkeep.endpoint, forgery.forge(benchFor(dialect)));
      expect(`${forgery.title}: ${answer.status}`).not.toBe(`${forgery.title}: 200`);
    }
    expect(await things()).toEqual(before);
    const honestly = await send(hotkeep.endpoint, benchFor(dialect).valid());
    expect(honestly.text).toContain(dialect.answer);
  });
});

describe("the members of a refusal are spelt as each service spells them:", () => {
  const answerTo = async (service: Dialect["service"], make: (bench: Bench) => WireRequest): Promise<string> => {
    const dialect = dialects.find((known) => known.service === service)!;
    return (await send(hotkeep.endpoint, make(benchFor(dialect)))).text;
  };
  const unsigned = (b: Bench): WireRequest => ({
    ...b.valid(),
    headers: b.valid().headers.filter(([n]) => n !== "authorization"),
  });
  const missing = "Request is missing Authentication Token";

  it("DynamoDB names the part of it that speaks, and writes `message` small", async () => {
    const type = "com.amazon.coral.service#MissingAuthenticationTokenException";
    expect(JSON.parse(await answerTo("dynamodb", unsigned))).toEqual({ __type: type, message: missing });
  });

  it("DAX gives the bare name", async () => {
    const type = "MissingAuthenticationTokenException";
    expect(JSON.parse(await answerTo("dax", unsigned))).toEqual({ __type: type, message: missing });
  });

  it("both write `Message` large in a denial", async () => {
    const nobody = (b: Bench): WireRequest => b.valid({ keys: nobodys });
    for (const [service, type] of [
      ["dynamodb", "com.amazon.coral.service#AccessDeniedException"],
      ["dax", "AccessDeniedException"],
    ] as const) {
      const Message = expect.stringMatching(/^User: arn:aws:iam::\d{12}:user\/Nobody is not authorized to perform: /);
      expect(JSON.parse(await answerTo(service, nobody))).toEqual({ __type: type, Message });
    }
  });

  it("IAM and STS say whose fault it is, in their own namespaces", async () => {
    for (const [service, namespace] of [
      ["iam", "https://iam.amazonaws.com/doc/2010-05-08/"],
      ["sts", "https://sts.amazonaws.com/doc/2011-06-15/"],
    ] as const) {
      expect(await answerTo(service, unsigned)).toMatch(
        new RegExp(
          `^<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>` +
            `<Message>${missing}</Message></Error><RequestId>[0-9a-f-]{36}</RequestId></ErrorResponse>`,
        ),
      );
    }
  });

  it("EC2 has a form of its own", async () => {
    expect(await answerTo("ec2", unsigned)).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>AuthFailure<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/,
    );
  });
});

it("counts at least 200 forgeries over all services", () => {
  const all = Object.values(forgeries).flat();
  const tried = dialects.flatMap(({ service }) => all.filter(({ only }) => only?.includes(service) ?? true));
  expect(tried.length).toBeGreaterThan(200);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
});

import { ManualClock } from "@hotkeep/core";
import type { SignInAnswer, SignInFacts, SignInRequest } from "@hotkeep/identity";
import { expect, it } from "vitest";
import { answerSignIn } from "../src/gateway/sign-in.js";

const signed: SignInAnswer = {
  ...{ kind: "session", accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token", expiresAt: 0 },
  ...{ userArn: "arn:aws:iam::123456789012:user/Alice", userId: "AIDA", code: false },
};

async function ask(
  body: string,
  {
    answer = signed,
    headers = {},
    url = "/console/sign-in",
    method = "POST",
  }: {
    readonly answer?: SignInAnswer;
    readonly headers?: Readonly<Record<string, string>>;
    readonly url?: string;
    readonly method?: string;
  } = {},
) {
  const asked: SignInRequest[] = [];
  const told: SignInFacts[] = [];
  const all = { Host: "127.0.0.1:8110", "Content-Type": "application/json", "User-Agent": "browser", ...headers };
  const response = await answerSignIn(
    {
      ...{ method, url, body: Buffer.from(body), remoteAddress: "127.0.0.9", secure: false },
      rawHeaders: Object.entries(all).flat(),
    },
    {
      identity: {
        signIn: async (request) => {
          asked.push(request);
          return answer;
        },
      },
      clock: new ManualClock(5),
      region: "us-west-2",
      audit: (_answer, who) => told.push(who),
    },
  );
  return {
    asked,
    told,
    status: response?.status,
    headers: response?.headers,
    body: response && JSON.parse(String(response.body)),
  };
}

const form = JSON.stringify({ userName: "Alice", password: "p", code: "", newPassword: "" });

it("hands out keys that no cache may keep, and tells the trail from where", async () => {
  const answer = await ask(form);
  expect(answer.asked).toEqual([{ userName: "Alice", password: "p", sourceIp: "127.0.0.9" }]);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
  expect(answer.body).toEqual({
    ...{ accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token", region: "us-west-2" },
    expiration: "1970-01-01T00:00:00.000Z",
  });
  expect(answer.told).toEqual([
    {
      ...{ userName: "Alice", at: 5, region: "us-west-2", sourceIp: "127.0.0.9", userAgent: "browser" },
      page: "http://127.0.0.1:8110/console/",
    },
  ]);
});

it.each([
  [{ kind: "refused", message: "no" }, 403, { code: "AuthenticationFailed", message: "no" }],
  [{ kind: "too-many", message: "later" }, 429, { code: "TooManyAttempts", message: "later" }],
  [{ kind: "new-password-refused", message: "short" }, 403, { code: "PasswordPolicyViolation", message: "short" }],
  [
    { kind: "incomplete", code: true, newPassword: false },
    403,
    { code: "Incomplete", needs: { code: true, newPassword: false } },
  ],
] as const)("answers %j with status %d", async (answer, status, body) => {
  const given = await ask(form, { answer });
  expect([given.status, given.body]).toEqual([status, body]);
});

it.each([
  ["a page of another origin", form, { Origin: "http://evil.example" }],
  ["a form that any page could send", form, { "Content-Type": "text/plain" }],
  ["what is no JSON", "{", {}],
  ["no object", "null", {}],
  ["no password", '{"userName":"Alice"}', {}],
  ["texts that are none", '{"userName":["Alice"],"password":{}}', {}],
  ["too much", JSON.stringify({ userName: "Alice", password: "x".repeat(5000) }), {}],
])("refuses %s without looking at it", async (_what, body, headers) => {
  const answer = await ask(body, { headers });
  expect([answer.status, answer.asked]).toEqual([400, []]);
});

it("takes its own page's origin, and leaves other requests alone", async () => {
  expect((await ask(form, { headers: { Origin: "http://127.0.0.1:8110" } })).status).toBe(200);
  expect((await ask(form, { method: "GET" })).status).toBeUndefined();
  expect((await ask(form, { url: "/" })).status).toBeUndefined();
});

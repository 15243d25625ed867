import { describe, expect, it } from "vitest";
import { answerPage } from "../src/gateway/pages.js";

const get = (url: string, rawHeaders: string[] = []) =>
  answerPage({ method: "GET", url, rawHeaders, body: Buffer.alloc(0), remoteAddress: "127.0.0.1", secure: false });

describe("pages without a signature", () => {
  it("are health, the console, and the way to it", async () => {
    expect(get("/health")).toMatchObject({ status: 200, body: "ok\n" });
    expect(get("/")).toMatchObject({ status: 302, headers: { location: "/console/" } });
    expect(await get("/console/../package.json")).toMatchObject({ status: 404 });
    expect(await get("/console/__proto__")).toMatchObject({ status: 404 });
  });

  it("tell whether a table endpoint answers, but neither where it is nor why it does not", () => {
    const health = { ...{ method: "GET", url: "/health", rawHeaders: [], body: Buffer.alloc(0) }, remoteAddress: "" };
    expect(answerPage({ ...health, secure: false }, { answers: true })).toMatchObject({
      body: "ok\ntable endpoint: answers\n",
    });
    const away = { answers: false, reason: "connect ECONNREFUSED 10.0.0.1:8000", since: Date.UTC(2026, 0, 1) } as const;
    expect(answerPage({ ...health, secure: false }, away)).toMatchObject({
      status: 200,
      body: "ok\ntable endpoint: does not answer since 2026-01-01T00:00:00.000Z\n",
    });
  });

  it("are never what an API call is answered with", () => {
    expect(get("/?Action=GetCallerIdentity")).toBeUndefined();
    expect(get("/health", ["Authorization", "AWS4-HMAC-SHA256 …"])).toBeUndefined();
    const post = { method: "POST", url: "/", rawHeaders: [], body: Buffer.alloc(0), remoteAddress: "", secure: false };
    expect(answerPage(post)).toBeUndefined();
  });
});

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

  it("are never what an API call is answered with", () => {
    expect(get("/?Action=GetCallerIdentity")).toBeUndefined();
    expect(get("/health", ["Authorization", "AWS4-HMAC-SHA256 …"])).toBeUndefined();
    const post = { method: "POST", url: "/", rawHeaders: [], body: Buffer.alloc(0), remoteAddress: "", secure: false };
    expect(answerPage(post)).toBeUndefined();
  });
});

import { silentLogger } from "@hotkeep/core";
import type { HttpRequest } from "@hotkeep/protocols";
import { describe, expect, it } from "vitest";
import { httpLimits, listenHttp } from "../src/gateway/http-server.js";

describe("the HTTP server", () => {
  it("hands on what it gets, and says so when a body is longer than it keeps", async () => {
    const seen: HttpRequest[] = [];
    const server = await listenHttp({
      host: "127.0.0.1",
      port: 0,
      logger: silentLogger,
      limits: { ...httpLimits, bodyBytesMax: 10 },
      handle(request) {
        seen.push(request);
        return { status: 200, headers: {}, body: "ok" };
      },
    });
    for (const body of ["", "x".repeat(10), "x".repeat(11), "x".repeat(200_000)]) {
      const response = await fetch(server.url, { method: "POST", body });
      expect(await response.text()).toBe("ok");
    }
    expect(seen.map(({ body, bodyTooLong }) => [body.length, bodyTooLong])).toEqual([
      [0, false],
      [10, false],
      [0, true],
      [0, true],
    ]);
    await server.close(1000);
  });
});

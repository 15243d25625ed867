import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../src/configuration.js";
import { leadsBack, readTableEndpoint } from "../src/table-endpoint.js";

const keys = { HOTKEEP_TABLE_ACCESS_KEY_ID: "AKIATABLE", HOTKEEP_TABLE_SECRET_ACCESS_KEY: "secret" };
const read = (input: Parameters<typeof readTableEndpoint>[0], environment: NodeJS.ProcessEnv = keys) =>
  readTableEndpoint(input, environment, "us-west-2");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-table-endpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the table endpoint", () => {
  it("is none by default", () => {
    expect(readConfiguration({}, keys).tableEndpoint).toBeUndefined();
  });

  it("takes its address from a flag or the environment, and its keys from the environment", () => {
    const endpoint = read({ tableEndpoint: "http://127.0.0.1:8000/" })!;
    expect(endpoint).toMatchObject({ url: "http://127.0.0.1:8000", region: "us-west-2" });
    expect(endpoint.credentials()).toEqual({ accessKeyId: "AKIATABLE", secretAccessKey: "secret" });
    const session = { ...keys, HOTKEEP_TABLE_ENDPOINT: "https://tables.example", HOTKEEP_TABLE_SESSION_TOKEN: "token" };
    expect(read({}, session)!.url).toBe("https://tables.example");
    expect(read({}, session)!.credentials().sessionToken).toBe("token");
  });

  it("has the Region that its name tells, unless another is given", () => {
    expect(read({ tableEndpoint: "https://dynamodb.eu-west-1.amazonaws.com" })!.region).toBe("eu-west-1");
    expect(read({ tableEndpoint: "http://127.0.0.1:8000", tableRegion: "local" })!.region).toBe("local");
  });

  it("takes its keys from a profile, and reads them again when asked again", () => {
    const path = join(folder, "credentials");
    const write = (id: string) =>
      writeFileSync(
        path,
        `[other]\n[tables]\naws_access_key_id=${id}\naws_secret_access_key = s\naws_session_token=t\n`,
      );
    write("AKIAONE");
    const environment = { HOTKEEP_TABLE_CREDENTIALS_FILE: path };
    const endpoint = read({ tableEndpoint: "http://127.0.0.1:8000", tableProfile: "tables" }, environment)!;
    expect(endpoint.credentials()).toEqual({ accessKeyId: "AKIAONE", secretAccessKey: "s", sessionToken: "t" });
    write("AKIATWO");
    expect(endpoint.credentials().accessKeyId).toBe("AKIATWO");
    for (const tableProfile of ["other", "__proto__"]) {
      expect(() => read({ tableEndpoint: "http://127.0.0.1:8000", tableProfile }, environment)).toThrow(
        `\`${path}\` has no keys of a profile \`${tableProfile}\``,
      );
    }
  });

  it.each([
    ["tables", "`tables` cannot be the table endpoint"],
    ["ftp://127.0.0.1", "`ftp://127.0.0.1` cannot be the table endpoint"],
    ["http://127.0.0.1:8000/path", "`http://127.0.0.1:8000/path` cannot be the table endpoint"],
    ["http://key:secret@127.0.0.1", "`http://…@127.0.0.1` cannot be the table endpoint"],
  ])("cannot be %s", (tableEndpoint, message) => {
    expect(() => read({ tableEndpoint })).toThrow(message);
  });

  it("is refused without keys, or with two sources of keys", () => {
    const tableEndpoint = "http://127.0.0.1:8000";
    expect(() => read({ tableEndpoint }, {})).toThrow("there are no credentials for the table endpoint");
    expect(() => read({ tableEndpoint }, { HOTKEEP_TABLE_ACCESS_KEY_ID: "AKIA" })).toThrow("there are no credentials");
    expect(() => read({ tableEndpoint, tableProfile: "tables" })).toThrow("both a profile and");
    expect(() => read({ tableRegion: "us-east-1" })).toThrow("`--table-region` is about a table endpoint");
    expect(() => read({ tableEndpoint, tableRegion: "US West" })).toThrow("`US West` cannot be");
  });

  it.each([
    ["http://127.0.0.1:8110", "http://127.0.0.1:8110", true],
    ["http://localhost:8110", "http://127.0.0.1:8110", true],
    ["http://127.0.0.1:8110", "http://0.0.0.0:8110", true],
    ["http://gateway:8110", "http://gateway:8110", true],
    ["http://127.0.0.1:8000", "http://127.0.0.1:8110", false],
    ["http://tables:8110", "http://127.0.0.1:8110", false],
  ])("%s seen from %s is the gateway itself: %s", (url, listening, expected) => {
    expect(leadsBack(url, listening)).toBe(expected);
  });
});

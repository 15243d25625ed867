import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readServiceControlFiles } from "../src/gateway/service-control-files.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotkeep-scp-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text = "{}") => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
};

it("files are one level, sorted by name", () => {
  put("b.json", "B");
  put("a.json", "A");
  put(".hidden", "x");
  expect(readServiceControlFiles(folder)).toEqual([
    [
      { name: "a", document: "A" },
      { name: "b", document: "B" },
    ],
  ]);
});

it("folders are levels in the order of their names", () => {
  put("2-unit/a.json", "U");
  put("1-organization/all.json", "O");
  expect(readServiceControlFiles(folder)).toEqual([
    [{ name: "1-organization/all", document: "O" }],
    [{ name: "2-unit/a", document: "U" }],
  ]);
});

it("whatever could be a policy that is passed over is refused", () => {
  expect(() => readServiceControlFiles(folder)).toThrow("holds no service control policy");
  expect(() => readServiceControlFiles(join(folder, "gone"))).toThrow("the service control policies cannot be read");
  put("a.json");
  put("b.jsn");
  expect(() => readServiceControlFiles(folder)).toThrow("b.jsn` is no service control policy");
  rmSync(join(folder, "b.jsn"));
  put("z/c.json");
  expect(() => readServiceControlFiles(folder)).toThrow("z` is no service control policy");
  rmSync(join(folder, "a.json"));
  put("zz.json");
  expect(() => readServiceControlFiles(folder)).toThrow("zz.json` lies beside levels");
});

import { existsSync } from "node:fs";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients } from "../src/clients.js";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (executablePath === undefined) {
  process.stderr.write("no Chromium is installed (apt-get install chromium): the console's tests are skipped\n");
}

let hotkeep: RunningHotkeep;
let browser: Browser;

describe.skipIf(executablePath === undefined)("the console in a real browser", () => {
  beforeAll(async () => {
    hotkeep = await startHotkeep();
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await hotkeep?.stop();
  });

  async function signIn(keys: { accessKeyId: string; secretAccessKey: string }) {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(hotkeep.endpoint);
    await page.fill("[name=accessKeyId]", keys.accessKeyId);
    await page.fill("[name=secretAccessKey]", keys.secretAccessKey);
    await page.click("#sign-in button[type=submit]");
    return { page, problems };
  }

  it("signs a user in with a name and a password, and asks for a new one where that is required", async () => {
    const { iam } = awsClients(hotkeep, hotkeep.credentials.root!);
    await iam.createUser({ UserName: "Carol" });
    await iam.attachUserPolicy({ UserName: "Carol", PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" });
    await iam.createLoginProfile({ UserName: "Carol", Password: "First-pass-word-1", PasswordResetRequired: true });
    const page = await browser.newPage();
    await page.goto(hotkeep.endpoint);
    const submit = () => page.click("#password-sign-in button[type=submit]");
    await page.fill("[name=userName]", "Carol");
    await page.fill("[name=password]", "wrong");
    await submit();
    await page.getByText("Your authentication information is incorrect. Please try again.").waitFor();
    expect(await page.isVisible("[name=newPassword]")).toBe(false);
    await page.fill("[name=password]", "First-pass-word-1");
    await submit();
    await page.fill("[name=newPassword]", "short");
    await submit();
    await page.getByText("Password should have a minimum length of 8").waitFor();
    await page.fill("[name=newPassword]", "Second-pass-word-2");
    await submit();
    await page.getByText(`arn:aws:iam::${hotkeep.account}:user/Alice`).waitFor();
    expect(await page.textContent("#identity")).toBe(`arn:aws:iam::${hotkeep.account}:user/Carol`);
    expect(await page.isVisible("#password-sign-in")).toBe(false);
    await page.getByText("is not authorized to perform: dynamodb:ListTables on resource").waitFor();
    const { User } = await iam.getUser({ UserName: "Carol" });
    expect(User?.PasswordLastUsed?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("shows the account's clusters, tables, users and roles to its root user", async () => {
    const { page, problems } = await signIn(hotkeep.credentials.root!);
    await page.getByText("daxcluster01").first().waitFor();
    await page.getByText("Author, Title").waitFor();
    await page.getByText(`arn:aws:iam::${hotkeep.account}:user/Alice`).waitFor();
    await page.getByText("AWSServiceRoleForDAX").first().waitFor();
    expect(await page.textContent("#identity")).toBe(`arn:aws:iam::${hotkeep.account}:root`);
    await page.click("#sign-out");
    expect(await page.textContent("#identity")).toBe("not signed in");
    expect(problems).toEqual([]);
  });

  it("tells what Alice may not see in the service's own words", async () => {
    const { page } = await signIn(hotkeep.credentials.alice!);
    await page.getByText("is not authorized to perform: dynamodb:ListTables on resource").waitFor();
  });

  it("refuses a wrong secret", async () => {
    const { page } = await signIn({ ...hotkeep.credentials.alice!, secretAccessKey: "wrong" });
    await page.getByText("SignatureDoesNotMatch").waitFor();
    expect(await page.isVisible("#panels")).toBe(false);
  });
});

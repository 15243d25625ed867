import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type RunningHotkeep, startHotkeep } from "hotkeep/testing";
import { type Browser, chromium, type Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, daxClient } from "../src/clients.js";
import { keysOf } from "../src/identity/suspects.js";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (executablePath === undefined) {
  process.stderr.write("no Chromium is installed (apt-get install chromium): the console's tests are skipped\n");
}

const minuteMs = 60_000;
/** The reads, and the five seconds after which a node tells of them. */
const roomMs = 15_000;

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

  async function fetchUntil(url: string, wanted: RegExp): Promise<string> {
    let text = "";
    await expect.poll(async () => (text = await (await fetch(url)).text()), { interval: 250 }).toMatch(wanted);
    return text;
  }

  /** A chart has a point for each minute: what is to be one point must not begin shortly before the next one. */
  async function minuteWithRoom(): Promise<void> {
    const leftMs = minuteMs - (Date.now() % minuteMs);
    if (leftMs < roomMs) await wait(leftMs);
  }

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

  it("draws each node's hit ratio, requests and connections from CloudWatch", async () => {
    const dax = daxClient(hotkeep.clusters[0]!.endpoint, hotkeep.region, hotkeep.credentials.alice!);
    const dracula = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };
    await minuteWithRoom();
    for (let i = 0; i < 8; i++) await dax.getItem(dracula);
    // Nodes tell every five seconds, and connections are counted while they are open.
    const page = await fetchUntil(`${hotkeep.endpoint}/metrics`, /item_cache_hits_total\{[^}]*\} 7\n/);
    expect(page).toMatch(/client_connections\{[^}]*\} [1-9]/);
    dax.close();
    const { page: signedIn, problems } = await signIn(hotkeep.credentials.root!);
    const charts = signedIn.locator("#metrics .node-charts", { hasText: "daxcluster01-a" });
    await charts.waitFor();
    const values = charts.locator(".chart-value");
    expect(await values.nth(0).textContent()).toBe("87.5 %");
    const label = (n: number) => charts.getByRole("img").nth(n).getAttribute("aria-label");
    expect(await label(0)).toBe("Hit ratio: 87.5 % now, at most 87.5 % in the last hour");
    const most = async (n: number) => Number(/at most ([\d,]+) in/.exec((await label(n)) ?? "")?.[1]);
    expect(await most(1)).toBeGreaterThanOrEqual(8);
    expect(await most(2)).toBeGreaterThanOrEqual(1);
    await charts.locator(".chart-line").first().waitFor({ state: "attached" });
    expect(problems).toEqual([]);
    const { page: alice } = await signIn(hotkeep.credentials.alice!);
    await alice.locator("#metrics").getByText("is not authorized to perform: dax:DescribeClusters").waitFor();
  });

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

  it("SLR-46, SLR-47, SLR-48, SLR-42, SLR-52: Roles lead to the linked role's page with its Access Advisor", async () => {
    const { page, problems } = await signIn(hotkeep.credentials.root!);
    await page.click("nav >> text=Roles");
    await page.check('[aria-label="Select AWSServiceRoleForDAX"]');
    expect(await page.isVisible("text=Summary")).toBe(false);
    await page.getByText("AWS Service: dax (Service-Linked Role)").waitFor();
    await page.click("button:text-is('AWSServiceRoleForDAX')");
    await page.getByText("Summary").waitFor();
    await page.getByText("ec2:CreateNetworkInterface").waitFor();
    const tabs = await page.locator("[role=tab]").allTextContents();
    expect(tabs).toEqual(["Permissions", "Trust relationships", "Tags", "Access Advisor"]);
    await page.click("role=tab[name='Access Advisor']");
    const row = page.locator("tr", { hasText: "Amazon EC2" });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/ec2\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTCus-west-2$/);
    await page.click("button:text-is('Edit')");
    await page.fill("[aria-label=Description]", "For the library's clusters");
    await page.click("button:text-is('Save')");
    await page.getByText("For the library's clusters").waitFor();
    const { iam } = awsClients(hotkeep, hotkeep.credentials.root!);
    const RoleName = "AWSServiceRoleForDAX";
    expect((await iam.getRole({ RoleName })).Role?.Description).toBe("For the library's clusters");
    expect(problems).toEqual([]);
  });

  it("revokes sessions of an ordinary role", async () => {
    const { sts } = awsClients(hotkeep, hotkeep.credentials.bob!);
    const RoleArn = `arn:aws:iam::${hotkeep.account}:role/BobUserRole`;
    const made = await sts.assumeRole({ RoleArn, RoleSessionName: "console" });
    const { page } = await signIn(hotkeep.credentials.root!);
    // What the first tab was asked for comes when another one is shown, and must not take its place.
    const isSlow = (request: Request) => request.postData()?.includes("Action=ListRolePolicies") === true;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route("**", async (route) => {
      if (isSlow(route.request())) await released;
      await route.continue();
    });
    const answered = page.waitForResponse((response) => isSlow(response.request()));
    await page.click("button:text-is('BobUserRole')");
    await page.click("role=tab[name='Revoke sessions']");
    await page.getByText("Everybody who has assumed this role until now is refused").waitFor();
    release();
    await answered;
    // The condition counts whole seconds.
    await page.waitForTimeout(1100);
    await page.click("button:text-is('Revoke active sessions')");
    await page.getByText("Sessions of BobUserRole from before").waitFor();
    const { iam } = awsClients(hotkeep, keysOf(made.Credentials));
    await expect(iam.listUsers({})).rejects.toThrow("with an explicit deny in an identity-based policy");
  });

  it("SLR-49, SLR-50, SLR-53, SLR-56: the linked role goes when its clusters have gone, and tells who uses it before", async () => {
    const { page, problems } = await signIn(hotkeep.credentials.root!);
    const removeRole = async () => {
      await page.check('[aria-label="Select AWSServiceRoleForDAX"]');
      await page.click("#roles >> button:text-is('Delete')");
      await page.getByText("was last used:").waitFor();
      await page.click("dialog >> button:text-is('Delete')");
    };
    await removeRole();
    await page.getByText("The role AWSServiceRoleForDAX was not deleted.").waitFor();
    await page.click("text=View details");
    await page.getByText(`us-west-2: arn:aws:dax:us-west-2:${hotkeep.account}:cache/daxcluster01`).waitFor();
    await page.click("nav >> text=Clusters");
    await page.check('[aria-label="Select daxcluster01"]');
    await page.click("summary:text-is('Actions')");
    await page.click("#clusters >> button:text-is('Delete')");
    await page.getByText("Delete cluster confirmation").waitFor();
    await page.click("dialog >> button:text-is('Delete')");
    await page.getByText("The cluster daxcluster01 is being deleted.").waitFor();
    const { dax, iam } = awsClients(hotkeep, hotkeep.credentials.root!);
    while ((await dax.describeClusters({})).Clusters?.length !== 0) await page.waitForTimeout(50);
    await removeRole();
    await page.getByText("The role AWSServiceRoleForDAX was deleted.").waitFor();
    await expect(iam.getRole({ RoleName: "AWSServiceRoleForDAX" })).rejects.toThrow("cannot be found");
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

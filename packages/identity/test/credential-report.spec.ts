import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  UpdateAccountPasswordPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

describe("the credential report", () => {
  it("has a line for root and for every user, and is good for four hours", async () => {
    const iam = world.iam();
    const get = () => iam.send(new GetCredentialReportCommand());
    await expect(get()).rejects.toMatchObject({ name: "CredentialReportNotPresentException" });
    await iam.send(new CreateUserCommand({ UserName: "Bob" }));
    await iam.send(new CreateUserCommand({ UserName: "Alice", Path: "/team/" }));
    await iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }));
    await iam.send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 30 }));
    await iam.send(new CreateLoginProfileCommand({ UserName: "Alice", Password: "Correct-Horse-1" }));
    const generate = () => iam.send(new GenerateCredentialReportCommand());
    expect(await generate()).toMatchObject({ State: "STARTED" });
    expect(await generate()).toMatchObject({ State: "COMPLETE" });
    const { Content, ReportFormat } = await get();
    expect(ReportFormat).toBe("text/csv");
    const rows = Buffer.from(Content!)
      .toString()
      .split("\n")
      .map((row) => row.split(","));
    expect(rows[0]!.slice(0, 9).join(",")).toBe(
      "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active",
    );
    expect(rows.map((row) => [row.length, row[0]])).toEqual([
      [22, "user"],
      [22, "<root_account>"],
      [22, "Alice"],
      [22, "Bob"],
    ]);
    const now = world.clock.now();
    const [arn, ...alice] = rows[2]!.slice(1, 14);
    expect(arn).toBe(`arn:aws:iam::${account}:user/team/Alice`);
    expect(alice).toEqual([
      ...[time(now), "true", "no_information", time(now), time(now + 30 * 24 * 60 * 60_000), "false"],
      ...["true", time(now), "N/A", "N/A", "N/A", "false"],
    ]);
    expect(rows[1]!.slice(8, 13)).toEqual(["true", time(now), time(now), "us-east-1", "iam"]);
    world.clock.advance(4 * 60 * 60_000);

    await expect(world.iam().send(new GetCredentialReportCommand())).rejects.toMatchObject({
      name: "CredentialReportExpiredException",
    });
    expect(await world.iam().send(new GenerateCredentialReportCommand())).toMatchObject({ State: "STARTED" });
  });
});

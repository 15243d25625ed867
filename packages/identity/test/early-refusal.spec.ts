import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import type { CallContext } from "@hotkeep/protocols";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, allow, booksArn, policy, World } from "./world.js";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const leadingKeys = ["dynamodb:LeadingKeys"];

/** Why Alice's GetItem is refused early under a policy; undefined when it is not. */
async function refusal(...statements: readonly Readonly<Record<string, unknown>>[]): Promise<string | undefined> {
  const iam = world.iam();
  await iam.send(new CreateUserCommand({ UserName: "Alice" }));
  if (statements.length > 0) {
    const PolicyDocument = policy(...statements);
    await iam.send(new PutUserPolicyCommand({ UserName: "Alice", PolicyName: "inline", PolicyDocument }));
  }
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: "Alice" }));
  const accessKeyId = key!.AccessKeyId!;
  const call: CallContext = {
    ...{ service: "dynamodb", operation: "GetItem", accessKeyId, account, region: "us-west-2", requestId: "r" },
    principal: world.identity.credentials.find(accessKeyId)!.principal,
    now: world.clock.now(),
    secureTransport: false,
  };
  try {
    world.identity.refuseEarly(call, [{ action: "dynamodb:GetItem", resource: booksArn }], leadingKeys);
    return undefined;
  } catch (error) {
    expect(world.identity.decisions.recent(1)[0]?.message).toBe((error as Error).message);
    return (error as Error).message;
  }
}

const ifKey = (operator: string) => ({ Condition: { [operator]: { "dynamodb:LeadingKeys": ["Ada"] } } });
const unknown = `User: arn:aws:iam::${account}:user/Alice is not authorized to perform: dynamodb:GetItem on resource: ${booksArn}`;

describe("a refusal before the partition key is known", () => {
  it("meets who has no permission", async () => {
    expect(await refusal()).toBe(`${unknown} because no identity-based policy allows the dynamodb:GetItem action`);
  });

  it("meets who is denied without a word about keys", async () => {
    const deny = { ...allow("dynamodb:GetItem"), Effect: "Deny" };
    expect(await refusal({ ...allow("dynamodb:*"), ...ifKey("StringEquals") }, deny)).toBe(
      `${unknown} with an explicit deny in an identity-based policy`,
    );
  });

  it.each(["StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringEquals"])(
    "does not meet who may with the right key, by %s",
    async (operator) => {
      expect(await refusal({ ...allow("dynamodb:GetItem"), ...ifKey(operator) })).toBeUndefined();
    },
  );

  it("does not meet who is denied some keys only", async () => {
    const deny = { ...allow("dynamodb:*"), Effect: "Deny", ...ifKey("StringNotEquals") };
    expect(await refusal(allow("dynamodb:*"), deny)).toBeUndefined();
  });
});

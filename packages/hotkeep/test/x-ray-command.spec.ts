import { describe, expect, it } from "vitest";
import { nextStep } from "../src/cli/own-service.js";
import { nothingSeen, readKey } from "../src/cli/xray.js";

const answer = { ClusterArn: "arn:aws:dax:us-west-2:123456789012:cache/shop", TableName: "Books" };
const gone = { State: "unreachable", Message: "no answer within 5000 ms" } as const;

describe("an x-ray's exit", () => {
  it("is an error when neither the table nor any node could tell anything", () => {
    const refused = { State: "refused", Message: "Requested resource not found" } as const;
    const error = nothingSeen({ ...answer, Stored: refused, Nodes: [refused, gone] });
    expect(error?.message).toBe("cluster `shop` cannot look into table `Books`: Requested resource not found");
    expect(error?.help).toContain("aws dynamodb list-tables");
    expect(nothingSeen({ ...answer, Stored: gone, Nodes: [gone] })?.help).toContain("is the table endpoint up");
  });

  it("is none when one place could be looked into: a cache that outlived the role's permission is worth seeing", () => {
    const refused = { State: "refused", Message: "not authorized" } as const;
    expect(nothingSeen({ ...answer, Stored: refused, Nodes: [gone, { State: "cached" }] })).toBeUndefined();
    expect(nothingSeen({ ...answer, Stored: { State: "none" }, Nodes: [gone] })).toBeUndefined();
  });
});

describe("a key on the command line", () => {
  it("is DynamoDB's JSON, each value with its type", () => {
    expect(readKey('{"Author":{"S":"Bram Stoker"},"Year":{"N":"1897"}}')).toEqual({
      Author: { S: "Bram Stoker" },
      Year: { N: "1897" },
    });
  });

  it("is refused in words that show one when it is anything else", () => {
    for (const text of ["x", "[]", "null", '{"Author":"Bram Stoker"}', '{"Author":null}', '{"Author":["S"]}']) {
      expect(() => readKey(text)).toThrow(`\`${text}\` is no key`);
    }
  });
});

describe("the next step after a refusal", () => {
  const denied = (who: string) => `User: ${who} is not authorized to perform: dynamodb:DescribeTable on resource: x`;

  it("names the service role where it is the cluster that may not", () => {
    const role = denied("arn:aws:sts::123456789012:assumed-role/DAXServiceRole/dax-daxcluster01");
    expect(nextStep("AccessDeniedException", role)).toContain(
      "`DAXServiceRole`, the service role of cluster `daxcluster01`",
    );
    expect(nextStep("AccessDeniedException", denied("arn:aws:iam::123456789012:user/Carol"))).toContain("--profile");
  });

  it("says that nothing was done where a value has the wrong kind", () => {
    expect(nextStep("SerializationException", "STRING_VALUE cannot be converted to Integer")).toContain(
      "nothing was done",
    );
  });
});

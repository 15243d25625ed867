import { describe, expect, it } from "vitest";
import { nothingSeen } from "../src/cli/xray.js";

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

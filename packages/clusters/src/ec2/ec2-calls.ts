import type { Ec2Operations } from "@hotkeep/protocols";

/** Makes EC2 calls with one set of permissions. */
export type Ec2 = <Name extends keyof Ec2Operations & string>(
  operation: Name,
  input: Ec2Operations[Name]["input"],
) => Promise<Ec2Operations[Name]["output"]>;

import { HotkeepError } from "@hotkeep/core";
import { callOwnService, type OwnServiceFlags } from "./own-service.js";

/** Prints a new join token alone on a line, so that it can go straight into a file. */
export async function createToken(
  flags: OwnServiceFlags & { readonly cluster: string; readonly node?: string; readonly validMinutes?: string },
): Promise<void> {
  const { validMinutes = "60" } = flags;
  const ValidSeconds = Math.round(Number(validMinutes) * 60);
  if (!Number.isInteger(ValidSeconds) || ValidSeconds < 1) {
    throw new HotkeepError("BadArgument", `\`${validMinutes}\` is not a number of minutes`, {
      help: "give with --valid-minutes for how long the token may be used, such as 60",
    });
  }
  const answer = await callOwnService(flags, "CreateJoinToken", {
    ClusterName: flags.cluster,
    ...(flags.node !== undefined && { NodeId: flags.node }),
    ValidSeconds,
  });
  process.stdout.write(`${answer.Token}\n`);
}

/** Prints what waits to be used, one token a line, without secrets. */
export async function listTokens(flags: OwnServiceFlags & { readonly output: string }): Promise<void> {
  const { JoinTokens = [] } = await callOwnService(flags, "ListJoinTokens", {});
  if (flags.output === "json") {
    process.stdout.write(`${JSON.stringify(JoinTokens)}\n`);
    return;
  }
  if (JoinTokens.length === 0) process.stdout.write("no join token waits to be used\n");
  for (const token of JoinTokens) {
    // Times travel as seconds.
    const until = new Date(Number(token.ExpiresAt) * 1_000).toISOString();
    process.stdout.write(
      `${token.JoinTokenId}  ${token.ClusterArn}  ${token.NodeId ?? "any node"}  until ${until}  by ${token.CreatedBy}\n`,
    );
  }
}

/** Takes a token back that nobody has used. @throws HotkeepError `BadArgument` for what no token's id looks like */
export async function deleteToken(id: string, flags: OwnServiceFlags): Promise<void> {
  if (!/^[a-z0-9]{8,32}$/.test(id)) {
    throw new HotkeepError("BadArgument", `\`${id}\` is not the id of a join token`, {
      help: "an id has 8 to 32 small letters and digits; `hotkeep token list` tells those of the tokens that wait",
    });
  }
  await callOwnService(flags, "DeleteJoinToken", { JoinTokenId: id });
}

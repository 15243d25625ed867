import { createHash } from "node:crypto";
import { HotkeepError } from "@hotkeep/core";

/** A join token as a person copies it: which one it is, and the secret. */
export interface JoinToken {
  readonly id: string;
  readonly secret: string;
}

const namePrefix = "join/";
const form = /^hotkeep-join-([a-z0-9]{8,32})-([a-z0-9]{32,64})$/;

/** `hotkeep-join-ID-SECRET`, for {@link parseJoinToken}. */
export function formatJoinToken({ id, secret }: JoinToken): string {
  return `hotkeep-join-${id}-${secret}`;
}

/** @throws HotkeepError `JoinTokenInvalid` */
export function parseJoinToken(text: string): JoinToken {
  const match = form.exec(text.trim());
  if (match === null) {
    throw new HotkeepError("JoinTokenInvalid", "This is not a join token.", {
      help: "Make one with `hotkeep token create --cluster NAME`, and give the node the whole line.",
    });
  }
  return { id: match[1]!, secret: match[2]! };
}

/** What the gateway keeps of a token's secret, and what both ends prove to each other: it does not lead back to it. */
export function joinSecretOf(secret: string): string {
  return createHash("sha256").update(`hotkeep join token v1 ${secret}`, "utf8").digest("hex");
}

/** The name under which somebody who has nothing but a token comes to the feed. */
export function joinNameOf(tokenId: string): string {
  return `${namePrefix}${tokenId}`;
}

/** The token's id in such a name; undefined for the name of a node. */
export function tokenIdOfJoinName(name: string): string | undefined {
  return name.startsWith(namePrefix) ? name.slice(namePrefix.length) : undefined;
}

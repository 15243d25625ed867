import { parseArn } from "@hotkeep/core";
import type { SignInAnswer } from "../face.js";
import type { TrailFacts } from "./trail-event.js";
import { trailTime } from "./user-identity.js";

/** The circumstances of somebody who signs in. */
export interface SignInFacts {
  readonly userName: string;
  readonly at: number;
  readonly region: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** The page to which one signs in. */
  readonly page: string;
}

/** CloudTrail's event for signing in to the console (documented). */
export type SignInEvent = Readonly<Record<string, unknown>>;

/**
 * The event for a sign-in that went through or failed; undefined when it belongs to nobody: names that nobody has may be
 * passwords in the wrong field, and strangers could push everything else out of the trail.
 */
export function signInEvent(answer: SignInAnswer, who: SignInFacts, facts: TrailFacts): SignInEvent | undefined {
  if (answer.kind !== "session" && (answer.kind !== "refused" || answer.userArn === undefined)) return undefined;
  const worked = answer.kind === "session";
  const account = parseArn(answer.userArn ?? "")?.account ?? facts.account;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: answer.userId,
      accountId: account,
      ...(worked ? { arn: answer.userArn } : {}),
      userName: who.userName,
    },
    eventTime: trailTime(who.at),
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    awsRegion: who.region,
    sourceIPAddress: who.sourceIp,
    userAgent: who.userAgent,
    ...(worked ? {} : { errorMessage: "Failed authentication" }),
    requestParameters: null,
    responseElements: { ConsoleLogin: worked ? "Success" : "Failure" },
    additionalEventData: { LoginTo: who.page, MobileVersion: "No", MFAUsed: worked && answer.code ? "Yes" : "No" },
    eventID: facts.eventId,
    readOnly: false,
    eventType: "AwsConsoleSignIn",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

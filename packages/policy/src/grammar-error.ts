import { AwsError } from "@hotkeep/core";

/** A policy text that IAM refuses to store. `message` is the text of IAM's MalformedPolicyDocument error. */
export class PolicyGrammarError extends AwsError {
  constructor(message: string) {
    super("MalformedPolicyDocumentException", message, { status: 400 });
    this.name = "PolicyGrammarError";
  }
}

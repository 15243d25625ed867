import { CommonAwsError, formatArn, type PermissionRequest, parseArn } from "@hotkeep/core";
import type { CallContext } from "@hotkeep/protocols";
import type { TableScope } from "../catalog/catalog.js";
import { invalid } from "../errors.js";

/**
 * The two homes of the tables: the account and Region under which callers and policies know them, and those of the
 * endpoint, which are learnt from its answers (DynamoDB Local says `000000000000` and `ddblocal`).
 *
 * One table has one ARN: a call for another Region would reach the same table past the policies that name it.
 */
export class RemoteHome {
  readonly #ours: TableScope;
  #theirs: (TableScope & { readonly partition: string }) | undefined;

  constructor(ours: TableScope) {
    this.#ours = ours;
  }

  /** @throws AwsError `ValidationException` for a call in another Region. */
  checkCall({ region }: CallContext): void {
    if (region !== this.#ours.region) throw this.#elsewhere(region);
  }

  /** The same requests. @throws AwsError `ValidationException` when one is about a table of another Region or account. */
  checked(requests: readonly PermissionRequest[]): readonly PermissionRequest[] {
    for (const { resource } of requests) {
      const arn = parseArn(resource);
      if (arn?.service !== "dynamodb") continue;
      if (arn.region !== this.#ours.region) throw this.#elsewhere(arn.region);
      if (arn.account !== this.#ours.account) {
        throw new CommonAwsError("AccessDenied", `The tables here belong to account ${this.#ours.account}.`);
      }
    }
    return requests;
  }

  /** Takes account and Region from a table's ARN as the endpoint writes it. */
  learn(theirArn: string): void {
    const arn = parseArn(theirArn);
    if (arn?.service !== "dynamodb" || arn.account === "") return;
    this.#theirs = { account: arn.account, region: arn.region, partition: arn.partition };
  }

  get isKnown(): boolean {
    return this.#theirs !== undefined;
  }

  /** Our ARN as the endpoint writes it; as it is while that is not known. */
  toTheirs(arn: string): string {
    return this.#theirs === undefined ? arn : moved(arn, this.#ours, this.#theirs);
  }

  /** The endpoint's ARN as callers know it; what is not of its account and Region stays. */
  toOurs(arn: string): string {
    return this.#theirs === undefined ? arn : moved(arn, this.#theirs, this.#ours);
  }

  #elsewhere(region: string): Error {
    return invalid(
      `The tables of this endpoint are in Region ${this.#ours.region}: sign requests for it, not for ${region}`,
    );
  }
}

function moved(text: string, from: TableScope, to: TableScope & { readonly partition?: string }): string {
  const arn = parseArn(text);
  if (arn?.service !== "dynamodb" || arn.region !== from.region || arn.account !== from.account) return text;
  const { service, resource } = arn;
  return formatArn({ service, resource, region: to.region, account: to.account, partition: to.partition ?? "aws" });
}

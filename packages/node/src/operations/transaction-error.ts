import type { Item, KeySchema } from "@hotkeep/attributes";
import { AwsError } from "@hotkeep/core";
import type { CancellationReason } from "@hotkeep/dax-wire";

interface ReasonJson {
  readonly Code?: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** A cancelled transaction, with its reasons in the form for the wire. */
export class TransactionCancelled extends AwsError {
  /** One per element: clients insist on it. */
  readonly reasons: readonly CancellationReason[];

  /** `schemas`: the key schema of each element's table, which the items in the reasons are encoded by. */
  constructor(error: AwsError, reasons: readonly unknown[], schemas: readonly KeySchema[]) {
    const { fault, status, members } = error;
    super(error.code, error.message, { fault, status, members, cause: error });
    this.reasons = schemas.map((schema, i) => {
      const reason = (reasons[i] ?? {}) as ReasonJson;
      return {
        code: reason.Code ?? "None",
        message: reason.Message ?? null,
        ...(reason.Item === undefined ? {} : { item: reason.Item, schema }),
      };
    });
  }
}

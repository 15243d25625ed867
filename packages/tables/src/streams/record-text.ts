import { createHash } from "node:crypto";
import { JsonBody } from "../request/json-body.js";
import type { ChangeRecord } from "./change-record.js";
import { sequenceNumber } from "./sequence-numbers.js";
import type { Stream } from "./stream.js";

const eventIdDigits = 32;

/** A record as GetRecords answers it: JSON text. */
export function recordText(stream: Stream, sequence: number, record: ChangeRecord): Buffer {
  const { region, view } = stream.definition;
  const body = new JsonBody()
    .member("eventID", eventId(stream, sequence))
    .member("eventName", record.eventName)
    .member("eventVersion", "1.1")
    .member("eventSource", "aws:dynamodb")
    .member("awsRegion", region)
    .object("dynamodb", (inner) =>
      inner
        .member("ApproximateCreationDateTime", Math.floor(record.at / 1000))
        .members(record.members)
        .member("SequenceNumber", sequenceNumber(sequence))
        .member("SizeBytes", record.sizeBytes)
        .member("StreamViewType", view),
    );
  if (record.changer === "expiry") {
    body.member("userIdentity", { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" });
  }
  return body.bytes();
}

/** The same for every reader of a record, and no other record's: made from what names the record. */
function eventId(stream: Stream, sequence: number): string {
  return createHash("sha256").update(`${stream.arn}/${sequence}`).digest("hex").slice(0, eventIdDigits);
}

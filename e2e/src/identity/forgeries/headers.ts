import { amzDate } from "@hotkeep/protocols";
import { added, authorization, changed, header, without } from "../alter.js";
import { type Forgery, jsonServices, mismatch } from "./forgery.js";

const bad = { refusal: "bad signature", words: mismatch } as const;
const incomplete = { refusal: "incomplete" } as const;
const signedHeaders = (value: string, change: (list: string) => string): string =>
  value.replace(/(?<=SignedHeaders=)[^,]*/, change);

/** Headers that are not the signed ones, or that should have been signed and were not. */
export const headerForgeries: readonly Forgery[] = [
  {
    ...bad,
    title: "another content type than the signed one",
    forge: (b) => changed(b.valid(), "content-type", (v) => v.replace("application", "text")),
  },
  {
    ...bad,
    title: "a signed header taken away",
    forge: (b) => without(b.valid({ headers: { "x-custom": "1" } }), "x-custom"),
  },
  {
    ...bad,
    title: "a signed header with another value",
    forge: (b) => changed(b.valid({ headers: { "x-custom": "1" } }), "x-custom", () => "2"),
  },
  {
    ...bad,
    title: "a signed header in capitals",
    forge: (b) => changed(b.valid({ headers: { "x-custom": "value" } }), "x-custom", () => "VALUE"),
  },
  {
    ...bad,
    title: "a signed header with a second line",
    forge: (b) => added(b.valid({ headers: { "x-custom": "1" } }), "x-custom", "2"),
  },
  {
    ...bad,
    title: "a signed header whose second line says the same",
    forge: (b) => added(b.valid({ headers: { "x-custom": "1" } }), "x-custom", "1"),
  },
  {
    ...bad,
    title: "a signed header that is there twice, in another order",
    forge: (b) => {
      const request = b.valid({ headers: { "x-custom": "1,2" } });
      return added(
        changed(request, "x-custom", () => "2"),
        "X-Custom",
        "1",
      );
    },
  },
  { ...bad, title: "a second content type", forge: (b) => added(b.valid(), "content-type", "text/plain") },
  { ...bad, title: "another host", forge: (b) => changed(b.valid(), "host", () => "dynamodb.us-east-1.amazonaws.com") },
  {
    ...bad,
    title: "the host without its port",
    forge: (b) => changed(b.valid(), "host", (v) => v.replace(/:\d+$/, "")),
  },
  {
    ...bad,
    title: "the host with a dot behind its name",
    forge: (b) => changed(b.valid(), "host", (v) => v.replace(":", ".:")),
  },
  {
    ...bad,
    title: "an x-amz-date one second later",
    forge: (b) => changed(b.valid({ aheadSeconds: -2 }), "x-amz-date", () => amzDate(Date.now())),
  },
  {
    ...bad,
    title: "one more name among the signed headers",
    forge: (b) => authorization(added(b.valid(), "x-later", ""), (v) => signedHeaders(v, (l) => `${l};x-later`)),
  },
  {
    ...bad,
    title: "one name fewer among the signed headers",
    forge: (b) =>
      authorization(b.valid({ headers: { "x-custom": "1" } }), (v) =>
        signedHeaders(v, (l) => l.replace(";x-custom", "")),
      ),
  },
  {
    ...bad,
    title: "the signed headers in another order",
    forge: (b) => authorization(b.valid(), (v) => signedHeaders(v, (l) => l.split(";").reverse().join(";"))),
  },
  {
    ...bad,
    title: "the names of the signed headers in capitals",
    forge: (b) => authorization(b.valid(), (v) => signedHeaders(v, (l) => l.toUpperCase())),
  },
  {
    refusal: "bad signature",
    title: "a host that is not signed",
    words: "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => b.signWith({ unsigned: ["host"] }),
  },
  {
    refusal: "bad signature",
    title: "nothing signed but the date",
    words: "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => b.signWith({ unsigned: ["host", "content-type", "x-amz-target"] }),
  },
  {
    refusal: "bad signature",
    title: "a target that is not signed",
    only: jsonServices,
    words: "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => b.signWith({ unsigned: ["x-amz-target"] }),
  },
  {
    refusal: "bad signature",
    title: "a target added to a request signed without one",
    only: jsonServices,
    words: "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    forge: (b) => {
      const target = b.dialect.target!;
      const request = b.signWith({ unsigned: ["x-amz-target"] });
      return changed(request, "x-amz-target", () => target.replace(/\..*/, ".DeleteEverything"));
    },
  },
  {
    ...bad,
    title: "another target than the signed one",
    only: jsonServices,
    forge: (b) => changed(b.valid(), "x-amz-target", (v) => v.replace(/\.\w+$/, ".DeleteTable")),
  },
  {
    ...bad,
    title: "a second target",
    only: jsonServices,
    forge: (b) => added(b.valid(), "x-amz-target", "DynamoDB_20120810.DeleteTable"),
  },
  { ...bad, title: "the target taken away", only: jsonServices, forge: (b) => without(b.valid(), "x-amz-target") },
  {
    ...incomplete,
    title: "no date at all",
    words: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    forge: (b) => without(b.valid(), "x-amz-date"),
  },
  {
    ...incomplete,
    title: "a date in words",
    words: "Date must be in ISO-8601 'basic format'. Got 'Mon, 23 Nov 2026 00:00:00 GMT'.",
    forge: (b) => added(without(b.valid(), "x-amz-date"), "date", "Mon, 23 Nov 2026 00:00:00 GMT"),
  },
  {
    ...incomplete,
    title: "a date in the long format",
    words: "Date must be in ISO-8601 'basic format'.",
    forge: (b) => b.signWith({ date: new Date().toISOString() }),
  },
  {
    ...incomplete,
    title: "a date with milliseconds",
    words: "Date must be in ISO-8601 'basic format'.",
    forge: (b) => b.signWith({ date: amzDate(Date.now()).replace("Z", "000Z") }),
  },
  {
    ...incomplete,
    title: "a date in a thirteenth month",
    words: "Got '20261323T000000Z'.",
    forge: (b) => b.signWith({ date: "20261323T000000Z" }),
  },
  {
    ...incomplete,
    title: "the thirtieth of February",
    words: "Got '20260230T000000Z'.",
    forge: (b) => b.signWith({ date: "20260230T000000Z" }),
  },
  {
    ...incomplete,
    title: "a date without its zone",
    words: "Date must be in ISO-8601 'basic format'.",
    forge: (b) => b.signWith({ date: amzDate(Date.now()).replace("Z", "") }),
  },
  {
    ...incomplete,
    title: "an empty date",
    words: "Date must be in ISO-8601 'basic format'. Got ''.",
    forge: (b) => changed(b.valid(), "x-amz-date", () => ""),
  },
  {
    ...incomplete,
    title: "two dates",
    words: "Date must be in ISO-8601 'basic format'.",
    forge: (b) => {
      const request = b.valid();
      return added(request, "x-amz-date", header(request, "x-amz-date"));
    },
  },
  {
    ...incomplete,
    title: "two Authorization headers",
    forge: (b) => {
      const request = b.valid();
      return added(request, "authorization", header(request, "authorization"));
    },
  },
  {
    ...incomplete,
    title: "a second Authorization header in front",
    forge: (b) => {
      const request = b.valid();
      const first = header(b.valid({ keys: b.keys.other }), "authorization");
      return { ...request, headers: [["authorization", first], ...request.headers] };
    },
  },
];

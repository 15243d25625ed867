import { amzDate } from "@hotkeep/protocols";
import { changed, credential } from "../alter.js";
import { type Forgery, mismatch } from "./forgery.js";

const day = 86_400;
const marginSeconds = 30;
const stale = { refusal: "stale", words: "Signature expired: " } as const;
const early = { refusal: "stale", words: "Signature not yet current: " } as const;
const bad = { refusal: "bad signature", words: mismatch } as const;
const scope = { refusal: "bad signature" } as const;
const incomplete = { refusal: "incomplete", words: "Credential must have exactly 5 slash-delimited elements" } as const;

/** Requests of another time. */
export const timeForgeries: readonly Forgery[] = [
  {
    ...stale,
    title: "a replay one second past the window",
    forge: (b) => b.valid({ aheadSeconds: -b.dialect.skewSeconds - 2 }),
  },
  { ...stale, title: "a replay an hour old", forge: (b) => b.valid({ aheadSeconds: -3600 }) },
  { ...stale, title: "a replay a day old", forge: (b) => b.valid({ aheadSeconds: -day }) },
  { ...stale, title: "a replay a year old", forge: (b) => b.valid({ aheadSeconds: -365 * day }) },
  { ...stale, title: "a replay from 1970", forge: (b) => b.valid({ aheadSeconds: -Math.floor(Date.now() / 1000) }) },
  {
    ...early,
    title: "a request from just beyond the window ahead",
    forge: (b) => b.valid({ aheadSeconds: b.dialect.skewSeconds + marginSeconds }),
  },
  { ...early, title: "a request from an hour ahead", forge: (b) => b.valid({ aheadSeconds: 3600 }) },
  { ...early, title: "a request from tomorrow", forge: (b) => b.valid({ aheadSeconds: day }) },
  { ...early, title: "a request from the year 9999", forge: (b) => b.signWith({ date: "99991231T235959Z" }) },
  {
    ...bad,
    title: "a replay with its date brought up to now",
    forge: (b) => changed(b.valid({ aheadSeconds: -120 }), "x-amz-date", () => amzDate(Date.now())),
  },
  {
    ...scope,
    title: "a scope of yesterday under today's date",
    words: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ",
    forge: (b) => b.signWith({ scopeDate: amzDate(Date.now() - day * 1000).slice(0, 8) }),
  },
  {
    ...scope,
    title: "a scope of tomorrow under today's date",
    words: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ",
    forge: (b) => b.signWith({ scopeDate: amzDate(Date.now() + day * 1000).slice(0, 8) }),
  },
  {
    ...scope,
    title: "a scope without a date",
    words: "Date in Credential scope does not match",
    forge: (b) => b.signWith({ scopeDate: "" }),
  },
];

/** Credentials scoped to something else. */
export const scopeForgeries: readonly Forgery[] = [
  {
    ...bad,
    title: "another Region put into the scope",
    forge: (b) => credential(b.valid(), (p) => p.with(2, "eu-central-1")),
  },
  {
    ...bad,
    title: "a signature for another Region in this one's scope",
    forge: (b) => credential(b.valid({ region: "eu-central-1" }), (p) => p.with(2, b.at.region)),
  },
  {
    ...scope,
    title: "a Region that is none",
    words: "Credential should be scoped to a valid region, not 'mars'.",
    forge: (b) => b.valid({ region: "mars" }),
  },
  {
    ...scope,
    title: "an empty Region",
    words: "Credential should be scoped to a valid region, not ''.",
    forge: (b) => b.signWith({ region: "" }),
  },
  {
    ...scope,
    title: "a Region in capitals",
    words: "Credential should be scoped to a valid region, not 'US-WEST-2'.",
    forge: (b) => b.valid({ region: "US-WEST-2" }),
  },
  {
    ...scope,
    title: "a Region with a wildcard",
    words: "Credential should be scoped to a valid region, not '*'.",
    forge: (b) => b.valid({ region: "*" }),
  },
  {
    ...scope,
    title: "a service that is not here",
    words: "Credential should be scoped to correct service: ",
    forge: (b) => b.valid({ service: "s3" }),
  },
  {
    ...scope,
    title: "a service in capitals",
    words: "Credential should be scoped to correct service: ",
    forge: (b) => b.valid({ service: b.dialect.service.toUpperCase() }),
  },
  {
    ...scope,
    title: "no service",
    words: "Credential should be scoped to correct service: ",
    forge: (b) => b.signWith({ service: "" }),
  },
  {
    ...scope,
    title: "another terminator",
    words: "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    forge: (b) => b.signWith({ terminator: "aws5_request" }),
  },
  {
    ...scope,
    title: "an empty terminator",
    words: "Credential should be scoped with a valid terminator: 'aws4_request', not ''.",
    forge: (b) => b.signWith({ terminator: "" }),
  },
  { ...incomplete, title: "a scope without its Region", forge: (b) => credential(b.valid(), (p) => p.toSpliced(2, 1)) },
  { ...incomplete, title: "a scope with one part more", forge: (b) => credential(b.valid(), (p) => [...p, "more"]) },
  { ...incomplete, title: "a key id alone", forge: (b) => credential(b.valid(), (p) => p.slice(0, 1)) },
  {
    ...incomplete,
    title: "a key id with a slash in it",
    forge: (b) => credential(b.valid(), (p) => p.with(0, "AK/IA")),
  },
  {
    refusal: "unknown key",
    title: "a credential without a key id",
    words: "The security token included in the request is invalid",
    forge: (b) => credential(b.valid(), (p) => p.with(0, "")),
  },
];

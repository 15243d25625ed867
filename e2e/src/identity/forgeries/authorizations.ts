import { added, authorization, without } from "../alter.js";
import { type Forgery, jsonServices } from "./forgery.js";

const missing = { refusal: "missing", words: "Request is missing Authentication Token" } as const;
const incomplete = { refusal: "incomplete" } as const;
const requires = (name: string): string => `Authorization header requires '${name}' parameter.`;

/** `Authorization` headers that are none of Signature Version 4. */
export const authorizationForgeries: readonly Forgery[] = [
  { ...missing, title: "no Authorization", forge: (b) => without(b.valid(), "authorization") },
  { ...missing, title: "an empty Authorization", forge: (b) => authorization(b.valid(), () => "") },
  {
    ...missing,
    title: "a user name and a password",
    forge: (b) => authorization(b.valid(), () => `Basic ${Buffer.from("root:root").toString("base64")}`),
  },
  {
    ...missing,
    title: "a bearer token",
    forge: (b) => authorization(b.valid(), () => "Bearer eyJhbGciOiJub25lIn0.e30."),
  },
  {
    ...missing,
    title: "a signature of version 2",
    forge: (b) => authorization(b.valid(), () => `AWS ${b.keys.root.accessKeyId}:frJIUN8DYpKDtOLCwo//yllqDzg=`),
  },
  {
    ...missing,
    title: "a signature of version 3",
    forge: (b) =>
      authorization(
        b.valid(),
        () => `AWS3-HTTPS AWSAccessKeyId=${b.keys.root.accessKeyId},Algorithm=HmacSHA256,Signature=a`,
      ),
  },
  {
    ...missing,
    title: "the scheme in small letters",
    forge: (b) => authorization(b.valid(), (v) => v.replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256")),
  },
  { ...missing, title: "something in front of the scheme", forge: (b) => authorization(b.valid(), (v) => `x${v}`) },
  {
    ...incomplete,
    title: "an asymmetric signature",
    words: "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now).",
    forge: (b) => authorization(b.valid(), (v) => v.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")),
  },
  {
    ...incomplete,
    title: "a weaker hash, rightly signed",
    words: "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'",
    forge: (b) => b.signWith({ algorithm: "AWS4-HMAC-SHA1" }),
  },
  {
    ...incomplete,
    title: "an algorithm that is cut short",
    words: "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25'",
    forge: (b) => authorization(b.valid(), (v) => v.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA25")),
  },
  {
    ...incomplete,
    title: "no algorithm but none",
    words: "Unsupported AWS 'algorithm': 'AWS4-NONE'",
    forge: (b) => authorization(b.valid(), (v) => v.replace("AWS4-HMAC-SHA256", "AWS4-NONE")),
  },
  {
    ...incomplete,
    title: "the scheme alone",
    words: `${requires("Credential")} ${requires("Signature")} ${requires("SignedHeaders")}`,
    forge: (b) => authorization(b.valid(), () => "AWS4-HMAC-SHA256"),
  },
  {
    ...incomplete,
    title: "the scheme with nothing but a space",
    words: requires("Credential"),
    forge: (b) => authorization(b.valid(), () => "AWS4-HMAC-SHA256 "),
  },
  {
    ...incomplete,
    title: "no Credential",
    words: requires("Credential"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/Credential=[^,]*, /, "")),
  },
  {
    ...incomplete,
    title: "an empty Credential",
    words: requires("Credential"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/Credential=[^,]*/, "Credential=")),
  },
  {
    ...incomplete,
    title: "no SignedHeaders",
    words: requires("SignedHeaders"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/SignedHeaders=[^,]*, /, "")),
  },
  {
    ...incomplete,
    title: "empty SignedHeaders",
    words: requires("SignedHeaders"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/SignedHeaders=[^,]*/, "SignedHeaders=")),
  },
  {
    ...incomplete,
    title: "no Signature",
    words: requires("Signature"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/, Signature=.*$/, "")),
  },
  {
    ...incomplete,
    title: "an empty Signature",
    words: requires("Signature"),
    forge: (b) => authorization(b.valid(), (v) => v.replace(/Signature=.*$/, "Signature=")),
  },
  {
    ...incomplete,
    title: "two Credentials",
    words: "Duplicate 'Credential' parameter",
    forge: (b) => authorization(b.valid(), (v) => v.replace(/(Credential=[^,]*)/, "$1, $1")),
  },
  {
    ...incomplete,
    title: "two Signatures",
    words: "Duplicate 'Signature' parameter",
    forge: (b) => authorization(b.valid(), (v) => v.replace(/(Signature=.*)$/, "$1, $1")),
  },
  {
    ...incomplete,
    title: "a part without an equal sign",
    words: "'Nothing' not a valid key=value pair (missing equal-sign) in Authorization header",
    forge: (b) => authorization(b.valid(), (v) => `${v}, Nothing`),
  },
  {
    ...incomplete,
    title: "parts in small letters",
    words: requires("Credential"),
    forge: (b) => authorization(b.valid(), (v) => v.replace("Credential=", "credential=")),
  },
  {
    ...incomplete,
    title: "parts that semicolons part",
    words: requires("Signature"),
    forge: (b) => authorization(b.valid(), (v) => v.replaceAll(", ", "; ")),
  },
  {
    refusal: "missing",
    title: "version 2 parameters in the URL",
    words: "Request is missing Authentication Token",
    forge: (b) => ({
      ...without(b.valid(), "authorization"),
      url: `/?AWSAccessKeyId=${b.keys.root.accessKeyId}&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=abc`,
    }),
  },
  {
    refusal: "missing",
    title: "the Authorization under another header's name",
    words: "Request is missing Authentication Token",
    forge: (b) => {
      const request = b.valid();
      const value = request.headers.find(([name]) => name === "authorization")![1];
      return added(without(request, "authorization"), "x-authorization", value);
    },
  },
  {
    refusal: "unknown operation",
    title: "an operation of another service, rightly signed",
    only: jsonServices,
    words: "The requested operation is not recognized by the service.",
    forge: (b) =>
      b.valid({
        headers: {
          "x-amz-target": b.dialect.service === "dax" ? "DynamoDB_20120810.ListTables" : "AmazonDAXV3.DescribeClusters",
        },
      }),
  },
  {
    refusal: "unknown operation",
    title: "a method that no operation has, rightly signed",
    only: jsonServices,
    words: "The requested operation is not recognized by the service.",
    forge: (b) => b.valid({ method: "PUT" }),
  },
];

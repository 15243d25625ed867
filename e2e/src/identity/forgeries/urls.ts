import { url } from "../alter.js";
import { type Forgery, mismatch } from "./forgery.js";

const bad = { refusal: "bad signature", words: mismatch } as const;
const malformed = { refusal: "malformed query", words: "The query string contains a syntax error" } as const;

/** Method, path and query that are not the signed ones. */
export const urlForgeries: readonly Forgery[] = [
  { ...bad, title: "another method", forge: (b) => ({ ...b.valid(), method: "PUT" }) },
  { ...bad, title: "GET in place of POST", forge: (b) => ({ ...b.valid(), method: "GET" }) },
  { ...bad, title: "another path", forge: (b) => url(b.valid(), () => "/other") },
  { ...bad, title: "a path with an encoded slash", forge: (b) => url(b.valid(), () => "/%2F") },
  { ...bad, title: "a path with encoded dots", forge: (b) => url(b.valid(), () => "/%2e%2e/") },
  { ...bad, title: "a path with a null character", forge: (b) => url(b.valid(), () => "/%00") },
  { ...bad, title: "a path that was signed in capitals", forge: (b) => url(b.valid({ url: "/PATH" }), () => "/path") },
  { ...bad, title: "a path encoded once more", forge: (b) => url(b.valid({ url: "/a%20b" }), () => "/a%2520b") },
  { ...bad, title: "a path encoded once less", forge: (b) => url(b.valid({ url: "/a%2520b" }), () => "/a%20b") },
  { ...bad, title: "a path with a fragment", forge: (b) => url(b.valid(), () => "/#fragment") },
  { ...bad, title: "a path that is a whole address", forge: (b) => url(b.valid(), () => "http://169.254.169.254/") },
  {
    ...bad,
    title: "a parameter added to the URL",
    forge: (b) => url(b.valid(), () => "/?Action=DeleteUser&UserName=Alice"),
  },
  { ...bad, title: "an empty parameter added to the URL", forge: (b) => url(b.valid(), () => "/?a") },
  { ...bad, title: "a parameter's value changed", forge: (b) => url(b.valid({ url: "/?a=1" }), () => "/?a=2") },
  { ...bad, title: "a parameter taken away", forge: (b) => url(b.valid({ url: "/?a=1&b=2" }), () => "/?a=1") },
  { ...bad, title: "a parameter given twice", forge: (b) => url(b.valid({ url: "/?a=1" }), () => "/?a=1&a=1") },
  { ...bad, title: "a second value for a parameter", forge: (b) => url(b.valid({ url: "/?a=1" }), () => "/?a=1&a=2") },
  { ...bad, title: "a parameter's name in capitals", forge: (b) => url(b.valid({ url: "/?a=1" }), () => "/?A=1") },
  {
    ...bad,
    title: "a plus where a space was signed",
    forge: (b) => url(b.valid({ url: "/?a=b%20c" }), () => "/?a=b+c"),
  },
  {
    ...bad,
    title: "a space where a plus was signed",
    forge: (b) => url(b.valid({ url: "/?a=b%2Bc" }), () => "/?a=b%20c"),
  },
  { ...bad, title: "a parameter encoded once more", forge: (b) => url(b.valid({ url: "/?a=%2F" }), () => "/?a=%252F") },
  { ...bad, title: "a parameter encoded once less", forge: (b) => url(b.valid({ url: "/?a=%252F" }), () => "/?a=%2F") },
  {
    ...bad,
    title: "two parameters where one with an ampersand was signed",
    forge: (b) => url(b.valid({ url: "/?a=1%26b%3D2" }), () => "/?a=1&b=2"),
  },
  {
    ...bad,
    title: "one parameter with a semicolon where two were signed",
    forge: (b) => url(b.valid({ url: "/?a=1&b=2" }), () => "/?a=1;b=2"),
  },
  {
    ...bad,
    title: "a value with an equal sign at another place",
    forge: (b) => url(b.valid({ url: "/?a%3D=1" }), () => "/?a=%3D1"),
  },
  { ...bad, title: "a null character behind a value", forge: (b) => url(b.valid({ url: "/?a=1" }), () => "/?a=1%00") },
  { ...malformed, title: "an escape that is broken off", forge: (b) => url(b.valid(), () => "/?a=%") },
  { ...malformed, title: "an escape that is not hexadecimal", forge: (b) => url(b.valid(), () => "/?a=%zz") },
  { ...malformed, title: "a null character in two bytes", forge: (b) => url(b.valid(), () => "/?a=%C0%80") },
  { ...malformed, title: "half of a surrogate pair", forge: (b) => url(b.valid(), () => "/?a=%ED%A0%80") },
];

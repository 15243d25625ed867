import { isList, isObject, type Json, type JsonObject } from "../differential/json.js";

/** JSON with base64 text for bytes, as the SDKs take it: bytes as bytes. */
export function toSdk(value: Json): unknown {
  if (isList(value)) return value.map(toSdk);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name === "B" && typeof inner === "string") return [name, Buffer.from(inner, "base64")];
      if (name === "BS" && isList(inner)) return [name, inner.map((one) => Buffer.from(String(one), "base64"))];
      return [name, toSdk(inner)];
    }),
  );
}

/** What an SDK answered, as JSON: bytes as base64 text, without what is undefined. */
export function fromSdk(value: unknown): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(fromSdk);
  if (value instanceof Set) return [...value].map(fromSdk);
  if (typeof value !== "object" || value === null) return (value ?? null) as Json;
  const members = Object.entries(value).filter(([name, inner]) => inner !== undefined && name !== "$metadata");
  return Object.fromEntries(members.map(([name, inner]) => [name, fromSdk(inner)])) as JsonObject;
}

/*
 * token.mjs - access tokens that nobody was given: made with the stack's own key, or with another.
 */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign as signWith } from "node:crypto";
import { secret } from "./stack.mjs";

const base64url = (value) => Buffer.from(value).toString("base64url");
const json = (part) => base64url(typeof part === "string" ? part : JSON.stringify(part));

export const read = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

/* A token's header and claims. */
export const parts = (token) => token.split(".").slice(0, 2).map(read);

export const ourKey = () => createPrivateKey(secret("jwt.key"));
export const ourPublicPem = () => secret("jwt.pub");
export const ourPublicJwk = () => createPublicKey(secret("jwt.pub")).export({ format: "jwk" });
export const anotherKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
export const rsaKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/* header and claims are objects, or JSON text where objects cannot say it. */
export function es256(header, claims, key = ourKey(), dsaEncoding = "ieee-p1363") {
  const signed = `${json(header)}.${json(claims)}`;
  return `${signed}.${base64url(signWith("sha256", Buffer.from(signed), { key, dsaEncoding }))}`;
}

export function hs256(header, claims, secretBytes) {
  const signed = `${json(header)}.${json(claims)}`;
  return `${signed}.${createHmac("sha256", secretBytes).update(signed).digest("base64url")}`;
}

export function rs256(header, claims, key = rsaKey()) {
  const signed = `${json(header)}.${json(claims)}`;
  return `${signed}.${base64url(signWith("sha256", Buffer.from(signed), key))}`;
}

export const unsigned = (header, claims, signature = "") => `${json(header)}.${json(claims)}.${signature}`;

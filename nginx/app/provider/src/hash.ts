/*
 * hash.ts - SHA-256 in hexadecimal digits, without waiting: crypto.subtle would let the document change meanwhile.
 */
import { digest } from "lib0/hash/sha256";

const encoder = new TextEncoder();

export function hex(bytes: Uint8Array): string {
  return Array.from(digest(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const sha256 = (text: string): string => hex(encoder.encode(text));

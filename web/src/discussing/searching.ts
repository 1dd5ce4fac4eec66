import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

/** The first number from `start` on that does the work for a token, as text. */
export function search(token: string, bits: number, start: number): string {
  const base = sha256.create().update(encoder.encode(`${token}.`));
  for (let number = start; ; number++) {
    const hash = base
      .clone()
      .update(encoder.encode(String(number)))
      .digest();
    if (zeroBits(hash) >= bits) return String(number);
  }
}

/** How many bits are zero before the first that is not. */
export function zeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

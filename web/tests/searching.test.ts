import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { search, zeroBits } from "../src/discussing/searching.ts";

test("what is found is what the server checks", () => {
  for (const bits of [0, 1, 8, 12]) {
    const found = search("1760000000.ab", bits, 2 ** 47);
    expect(found).toMatch(/^\d{15}$/);
    const hash = createHash("sha256").update(`1760000000.ab.${found}`).digest();
    expect(zeroBits(hash)).toBeGreaterThanOrEqual(bits);
  }
});

test("bits are counted from the front", () => {
  const bits = (...bytes: number[]) => zeroBits(new Uint8Array(bytes));
  expect([bits(0x80), bits(0, 0x1f), bits(0, 0, 1), bits(0, 0)]).toEqual([0, 11, 23, 16]);
});

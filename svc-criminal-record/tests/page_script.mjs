// Runs the script of the page without a browser: a JSON list of cases in, a JSON list of answers out.

import { readFileSync } from "node:fs";

const [, , script] = process.argv;
const { FactsInvalid, decode, fromBase64url, stated } = await import(script);

const plain = (value) => {
  if (value instanceof Map) return { map: [...value].map(([key, each]) => [plain(key), plain(each)]) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(plain);
  return value;
};

const answer = async ({ cbor, code, fragment, keys }) => {
  try {
    return cbor === undefined ? await stated(code, fragment, keys) : { value: plain(decode(fromBase64url(cbor))) };
  } catch (fault) {
    return { refused: fault instanceof FactsInvalid, why: fault.message };
  }
};

const answers = [];
for (const each of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answer(each));
console.log(JSON.stringify(answers));

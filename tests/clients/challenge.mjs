// Solve a challenge as ALTCHA's own library does, and check the solution with it: JSON in, JSON out.

import { readFileSync } from "node:fs";
import { solveChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";

const { challenge, secrets } = JSON.parse(readFileSync(0, "utf8"));
const solution = await solveChallenge({ challenge, deriveKey });
const verdict = await verifySolution({
  challenge,
  solution,
  deriveKey,
  hmacSignatureSecret: secrets.challenges,
  hmacKeySignatureSecret: secrets.keys,
});
const derived = await verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret: secrets.challenges });
const payload = btoa(JSON.stringify({ challenge, solution }));
process.stdout.write(JSON.stringify({ payload, counter: solution.counter, verdict, derived }));

// Shows and verifies a credential as a wallet and whoever it is shown to do, with @sd-jwt/sd-jwt-vc.
// In: one line {"credential", "list"?, "type"?, "pem", "wallet"?, "shown": […], "nonce"?}; `list` is what the
// status list's address answers, `type` what that of the type answers (without them they are fetched),
// `wallet` its private JWK.
// Out: one line {"payload", "bound", "type"}, or {"refused": why}.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { createInterface } from "node:readline";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const dsaEncoding = "ieee-p1363";
const says = (key) => (data, signature) =>
  verify("sha256", Buffer.from(data), { key, dsaEncoding }, Buffer.from(signature, "base64url"));

for await (const line of createInterface({ input: process.stdin })) {
  const { credential, list, type, pem, wallet, shown, nonce } = JSON.parse(line);
  const library = new SDJwtVcInstance({
    hasher: (data, name) => createHash(name.replace("-", "")).update(Buffer.from(data)).digest(),
    hashAlg: "sha-256",
    saltGenerator: (length) => randomBytes(length).toString("base64url"),
    verifier: says(createPublicKey(pem)),
    kbVerifier: (data, signature, payload) =>
      says(createPublicKey({ key: payload.cnf.jwk, format: "jwk" }))(data, signature),
    kbSigner: (data) => {
      const key = createPrivateKey({ key: wallet, format: "jwk" });
      return sign("sha256", Buffer.from(data), { key, dsaEncoding }).toString("base64url");
    },
    kbSignAlg: "ES256",
    ...(list && { statusListFetcher: async () => list }),
    ...(type && { vctFetcher: async () => type }),
    loadTypeMetadataFormat: true,
  });
  try {
    const frame = Object.fromEntries(shown.map((name) => [name, true]));
    const payload = { iat: Math.floor(Date.now() / 1000), aud: "https://employer.example", nonce };
    const presentation = await library.present(credential, frame, wallet && { kb: { payload } });
    const read = await library.verify(presentation, nonce && { keyBindingNonce: nonce });
    const bound = read.kb?.payload.aud ?? null;
    console.log(JSON.stringify({ payload: read.payload, bound, type: read.typeMetadata.mergedTypeMetadata }));
  } catch (problem) {
    console.log(JSON.stringify({ refused: problem.message }));
  }
}

// Checks a certificate by what its QR code says, without asking anybody. Needs Node.js and nothing else.
//
//     node verify_offline.mjs 'https://…/verify/K7QF-2M9X-T4PA-8WDC#0oRD…' facts.pem [list.jwt]
//
// facts.pem is the issuer's certificate or public key; list.jwt the issuer's status list, from the address
// that the token names. Prints what was signed; ends with 1 when the certificate is not to be relied on.

import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const [text, pem, list] = process.argv.slice(2);
const key = { key: createPublicKey(readFileSync(pem)), dsaEncoding: "ieee-p1363" };

function decode(cbor, at = 0) { // RFC 8949, as much of it as a token needs
  const take = (length) => cbor.subarray(at, (at += length));
  const next = () => {
    const [kind, short] = [cbor[at] >> 5, cbor[at++] & 31];
    const value = short < 24 || kind > 6 ? short : Number(`0x${take(1 << (short - 24)).toString("hex")}`);
    if (kind < 2) return kind ? -1 - value : value;
    if (kind < 4) return kind > 2 ? take(value).toString() : take(value);
    if (kind < 6) return Array.from({ length: value }, () => (kind > 4 ? [next(), next()] : next()));
    return kind > 6 ? null : next(); // a tag is what it holds
  };
  return next(); // a map is a list of pairs
}
const bytes = ({ length: n }) => (n < 24 ? [64 + n] : n < 256 ? [88, n] : [89, n >> 8, n & 255]);
const fail = (why) => { throw new Error(why); };

const [page, fragment] = text.split("#");
const [header, , payload, signature] = decode(Buffer.from(fragment, "base64url"));
const signed = [[132, 106], "Signature1", bytes(header), header, [64], bytes(payload), payload];
const data = Buffer.concat(signed.map((part) => Buffer.from(part))); // RFC 9052, 4.4
verify("sha256", data, key, signature) || fail("not signed with this key");

const claims = new Map(decode(payload)); // RFC 8392
const { idx, uri } = Object.fromEntries(claims.get(65535).find(([name]) => name === "status_list")[1]);
const said = { ...Object.fromEntries(claims.get(-65537)), code: claims.get(7).toString() };
const [issued, expires] = [new Date(claims.get(6) * 1000), new Date(claims.get(4) * 1000)];
page.replaceAll("-", "").endsWith(`/verify/${said.code}`) || fail("the address is of another certificate");

let standing = expires <= new Date() ? "EXPIRED" : "VALID";
if (list) { // Token Status List
  const [, head, body, proof] = /^((?:[\w-]+)\.([\w-]+))\.([\w-]+)$/.exec(readFileSync(list, "utf8").trim());
  const { sub, exp, status_list: { bits, lst } } = JSON.parse(Buffer.from(body, "base64url"));
  verify("sha256", head, key, Buffer.from(proof, "base64url")) || fail("not a list signed with this key");
  (sub === uri && new Date(exp * 1000) > new Date()) || fail("not a current list of this certificate");
  const byte = inflateSync(Buffer.from(lst, "base64url"))[(idx * bits) >> 3] ?? fail("the list is too short");
  if ((byte >> ((idx * bits) & 7)) & ((1 << bits) - 1)) standing = "REVOKED";
}
const status = { standing, revocation: list ? "checked" : `not checked: ${uri}` };
console.log(JSON.stringify({ ...status, ...said, issued, expires }, null, 2));
process.exitCode = standing === "VALID" ? 0 : 1;

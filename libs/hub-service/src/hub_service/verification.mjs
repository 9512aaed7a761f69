// A page that verifies documents: what a QR code states is checked here, in the browser; what stands behind `#` in the
// address leaves it for nobody. A file is sent when somebody chooses one.

const MOST_BYTES = 2048;
const DEEPEST = 8;
const [EXPIRES, ISSUED, ID, FACTS] = [4, 6, 7, -65537];
const [ALGORITHM, KEY_ID, ES256, SIGN1] = [1, 4, -7, 18];

/** The token is none of ours, or was changed. */
export class FactsInvalid extends Error {}

class Tagged {
  constructor(tag, value) {
    Object.assign(this, { tag, value });
  }
}

const refuse = (why) => {
  throw new FactsInvalid(why);
};

/** The bytes of base64url without padding. */
export function fromBase64url(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) refuse("no base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

const toBase64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/**
 * A value of CBOR (RFC 8949), as much of it as a token needs: whole numbers, bytes, texts, lists, maps, a
 * tag, true, false and null, all of definite and shortest length. Maps are Maps. Refuses everything else.
 */
export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let at = 0;

  const take = (length) => {
    if (length > bytes.length - at) refuse("too short");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const argument = (short) => {
    if (short < 24) return short;
    if (short > 27) refuse("of no definite length");
    const size = 1 << (short - 24);
    const start = at;
    take(size);
    const value = size === 8 ? Number(view.getBigUint64(start)) : view[`getUint${8 * size}`](start);
    if (!Number.isSafeInteger(value)) refuse("too large a number");
    if (value < [24, 256, 65536, 2 ** 32][short - 24]) refuse("longer than it has to be");
    return value;
  };
  const simple = (short) => {
    if (short < 20 || short > 22) refuse("of a type that no token has");
    return [false, true, null][short - 20];
  };
  const map = (length, depth) => {
    const made = new Map();
    for (let pair = 0; pair < length; pair += 1) {
      const key = next(depth);
      if (made.has(key)) refuse("a key twice");
      made.set(key, next(depth));
    }
    return made;
  };
  const text = (length) => {
    try {
      return utf8.decode(take(length));
    } catch {
      return refuse("no text");
    }
  };
  const next = (depth) => {
    if (depth > DEEPEST) refuse("too deep");
    const [first] = take(1);
    const [kind, short] = [first >> 5, first & 31];
    if (kind === 7) return simple(short);
    const value = argument(short);
    if (kind > 3 && kind < 6 && value > bytes.length) refuse("too short");
    return [
      () => value,
      () => -1 - value,
      () => take(value),
      () => text(value),
      () => Array.from({ length: value }, () => next(depth + 1)),
      () => map(value, depth + 1),
      () => new Tagged(value, next(depth + 1)),
    ][kind]();
  };

  const value = next(0);
  if (at !== bytes.length) refuse("more than one value");
  return value;
}

function headOf({ length }) {
  if (length < 24) return [0x40 | length];
  return length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
}

/** What a COSE_Sign1 signs (RFC 9052, 4.4): ["Signature1", protected, h'', payload]. */
function toBeSigned(header, payload) {
  const context = new TextEncoder().encode("Signature1");
  return Uint8Array.from([
    0x84, 0x60 | context.length, ...context, ...headOf(header), ...header, 0x40, ...headOf(payload), ...payload,
  ]);
}

/**
 * The claims of a COSE_Sign1 with ES256 that one of the keys signed, as a Map. `keys` are JSON Web Keys.
 * Throws FactsInvalid for every other token.
 */
export async function read(token, keys) {
  if (token.length > MOST_BYTES) refuse("too long");
  const { tag, value } = Object(decode(token));
  if (tag !== SIGN1 || !Array.isArray(value) || value.length !== 4) refuse("no COSE_Sign1");
  const [header, unprotected, payload, signature] = value;
  if (![header, payload, signature].every((part) => part instanceof Uint8Array)) refuse("no COSE_Sign1");
  if (!(unprotected instanceof Map) || unprotected.size) refuse("something stands outside the signature");
  const about = decode(header);
  const kid = about instanceof Map && about.size === 2 && about.get(ALGORITHM) === ES256 && about.get(KEY_ID);
  const jwk = kid instanceof Uint8Array && keys.find((key) => key.kid === toBase64url(kid));
  if (!jwk) refuse("signed with no key that is trusted");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]);
  const how = { name: "ECDSA", hash: "SHA-256" };
  if (!(await crypto.subtle.verify(how, key, signature, toBeSigned(header, payload)))) {
    refuse("changed since it was signed");
  }
  const claims = decode(payload);
  if (!(claims instanceof Map)) refuse("holds no claims");
  return claims;
}

/** A code as it is kept: no hyphens, capitals, no letter that looks like a digit. */
export const codeOf = (typed) =>
  typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");

/** What the token behind an address states of the document with this code; throws FactsInvalid. */
export async function stated(code, fragment, keys) {
  const claims = await read(fromBase64url(fragment), keys);
  const [facts, id, expires, issued] = [FACTS, ID, EXPIRES, ISSUED].map((claim) => claims.get(claim));
  if (!(facts instanceof Map && id instanceof Uint8Array)) refuse("no facts of a document");
  if (!Number.isSafeInteger(expires ?? 0) || !Number.isSafeInteger(issued)) refuse("no dates");
  if (codeOf(code) !== codeOf(String.fromCharCode(...id))) refuse("the address is of another document");
  const ends = expires === undefined ? null : new Date(expires * 1000); // some documents never expire
  return { ...Object.fromEntries(facts), expires: ends, issued: new Date(issued * 1000) };
}

/** The keys that the page trusts; kept, so that it goes on without a network. */
function keysOnce(trust) {
  let kept;
  return async () => {
    kept ??= fetch(trust).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("away"))));
    try {
      return (await kept).facts.map((key) => key.jwk);
    } catch (fault) {
      kept = undefined;
      throw fault;
    }
  };
}

function showOnly(parent, when) {
  for (const part of parent.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(when);
  }
  parent.hidden = false;
}

function fill(section, facts) {
  const day = (instant) =>
    new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "Europe/Bucharest" })
      .format(instant);
  const words = JSON.parse(section.dataset.words);
  const texts = {
    ...facts,
    type: words[facts.type] ?? facts.type,
    motive: words[facts.motive] ?? facts.motive,
    issued: day(facts.issued),
    until: facts.expires && day(new Date(facts.expires - 1)),
  };
  for (const place of section.querySelectorAll("[data-fact]")) {
    const text = texts[place.dataset.fact];
    place.textContent = text ?? "";
    place.closest("div").hidden = text === null || text === undefined;
  }
}

async function showQr(section, trusted) {
  const fragment = location.hash.slice(1);
  if (!fragment || !section) return;
  if (!globalThis.crypto?.subtle) {
    showOnly(section, "unchecked");
    return;
  }
  const code = decodeURIComponent(location.pathname.split("/verify/")[1] ?? "") || section.dataset.code;
  try {
    const facts = await stated(code, fragment, await trusted());
    fill(section, facts);
    showOnly(section, facts.expires && facts.expires <= new Date() ? "expired" : "genuine");
  } catch (fault) {
    showOnly(section, fault instanceof FactsInvalid ? "forged" : "unchecked");
  }
}

/** The fragment goes with who stays on the page, in another language or with an answer. */
function keepFragment() {
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
  const form = document.querySelector("#by-code");
  form.action = form.getAttribute("action").split("#")[0] + location.hash;
}

async function sendFile(form, file) {
  const status = form.querySelector("#file-status");
  document.querySelector("#result").replaceChildren(); // what was answered before is not of this file
  if (file.size > Number(form.dataset.most)) {
    showOnly(status, "large");
    return;
  }
  showOnly(status, "busy");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/pdf" },
      body: file,
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const result = page.querySelector("#result");
    if (!result) throw new Error("no result");
    document.querySelector("#result").replaceWith(document.adoptNode(result));
    showOnly(status, "none");
    document.querySelector("#result h2").focus();
  } catch {
    showOnly(status, "failed");
  }
}

function takeFiles(form) {
  const [input, place] = [form.querySelector("input[type=file]"), form.querySelector(".drop")];
  const choose = ([file]) => file && sendFile(form, file);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("click", () => (input.value = "")); // the same file may be chosen again
  input.addEventListener("change", () => choose(input.files));
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    place.addEventListener(kind, () => place.classList.remove("over"));
  }
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    choose(event.dataTransfer.files);
  });
}

if (globalThis.document) {
  const section = document.querySelector("#qr");
  const trusted = keysOnce(section.dataset.trust);
  const show = () => {
    keepFragment();
    return showQr(section, trusted);
  };
  addEventListener("hashchange", show);
  takeFiles(document.querySelector("#by-file"));
  show();
}

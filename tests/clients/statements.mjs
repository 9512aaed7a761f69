// Reads documents of JSON-LD as jsonld.js does, and prints their statements.
// In: one line {"origin": …, "addresses": […]}. Out: one line of N-Quads for each address.
// Contexts are read below the origin; whoever names another one ends the program.

import { createInterface } from "node:readline";
import jsonld from "jsonld";

const held = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const { origin, addresses } = JSON.parse(line);

  async function read(url) {
    if (!url.startsWith(`${origin}/`)) throw new Error(`asks outside: ${url}`);
    if (!held.has(url)) {
      const answer = await fetch(url, { headers: { accept: "application/ld+json" } });
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      held.set(url, await answer.json());
    }
    return { contextUrl: null, documentUrl: url, document: held.get(url) };
  }

  for (const address of addresses) {
    const statements = await jsonld.toRDF(address, { format: "application/n-quads", documentLoader: read, safe: true });
    console.log(JSON.stringify(statements));
  }
  break;
}

// The same as client.py with the TypeScript client: find an institution, file a petition, read it back, list.
//
//     make clients && npm install ./clients/out/typescript
//     HUB_TOKEN=… node client.js http://localhost:8080        (after tsc)

import { connect, type FilePetition } from "hub-client";

declare const process: { argv: string[]; env: Record<string, string | undefined> };

const hub = connect({ origin: process.argv[2]!, token: () => process.env["HUB_TOKEN"] });

/** The data of an answer, or an end with what the problem says. */
function given<T>({ data, error }: { data?: T; error?: { title?: string; type?: string } }): T {
  if (data === undefined) throw new Error(`${error?.title} (${error?.type})`);
  return data;
}

const query = { accepts_petitions: true };
const found = given(await hub.GET("/catalog/v1/institutions", { params: { query } }));
const body: FilePetition = {
  institution_id: found.items[0]!.id,
  kind: "REQUEST",
  subject: "Programul de lucru cu publicul",
  text: "Vă rog să îmi comunicați programul de lucru cu publicul în luna decembrie.",
  language: "ro",
};
const params = { header: { "Idempotency-Key": crypto.randomUUID() } };
const filed = given(await hub.POST("/petitions/v1/petitions", { params, body }));
const again = given(await hub.POST("/petitions/v1/petitions", { params, body }));
const path = { petition_id: filed.id };
const read = given(await hub.GET("/petitions/v1/petitions/{petition_id}", { params: { path } }));
const listed = given(await hub.GET("/petitions/v1/petitions", { params: { query: { limit: 10 } } }));

console.log(
  `number ${filed.registration_label}, answer due on ${filed.answer_due_on}; ` +
    `sent twice, filed once: ${again.id === filed.id}; read back: ${read.text === body.text}; ` +
    `listed: ${listed.items.length}`,
);

// Uploads a file with tus-js-client, loses the connection on the way, and goes on from the hub's offset.
// In: one line, JSON: endpoint, token, file, metadata, chunk (bytes of a request), breaks (how often).
// Out: JSON: where it lies, the offsets from which it went on, or how the hub refused.

import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";
import * as tus from "tus-js-client";

function upload(asked, url, stopsAt) {
  return new Promise((resolve) => {
    const attempt = new tus.Upload(createReadStream(asked.file), {
      endpoint: asked.endpoint,
      uploadUrl: url,
      uploadSize: statSync(asked.file).size,
      chunkSize: asked.chunk,
      metadata: asked.metadata,
      headers: { authorization: `Bearer ${asked.token}` },
      retryDelays: [100, 300, 1000],
      storeFingerprintForResuming: false,
      onChunkComplete: async (_, sent, total) => {
        if (sent < stopsAt * total) return;
        await attempt.abort();
        resolve({ url: attempt.url });
      },
      onError: (error) =>
        resolve({
          status: error.originalResponse?.getStatus(),
          problem: JSON.parse(error.originalResponse?.getBody() || "{}"),
        }),
      onSuccess: () => resolve({ url: attempt.url, done: true }),
    });
    attempt.start();
  });
}

async function offset(asked, url) {
  const headers = { authorization: `Bearer ${asked.token}`, "tus-resumable": "1.0.0" };
  const answer = await fetch(url, { method: "HEAD", headers });
  return Number(answer.headers.get("upload-offset"));
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const offsets = [];
  let told = {};
  for (let broken = 1; broken <= asked.breaks; broken += 1) {
    told = await upload(asked, told.url ?? null, broken / (asked.breaks + 1));
    offsets.push(await offset(asked, told.url));
  }
  told = await upload(asked, told.url ?? null, 2);
  if (told.done) {
    await new Promise((done) => {
      new tus.Upload(createReadStream(asked.file), {
        endpoint: asked.endpoint,
        uploadUrl: told.url,
        uploadSize: statSync(asked.file).size,
        headers: { authorization: `Bearer ${asked.token}` },
        storeFingerprintForResuming: false,
        onError: (error) => done((told.again = String(error))),
        onSuccess: () => done((told.again = "done")),
      }).start();
    });
  }
  console.log(JSON.stringify({ ...told, offsets }));
  break;
}

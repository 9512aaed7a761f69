// An endpoint that the hub hands events to. Needs Node.js, and the packages standardwebhooks and cloudevents.
//
//     HUB_WEBHOOK_SECRET=whsec_… node webhooks.mjs 8090
//
// Prints each event once, as a line of JSON.

import { createServer } from "node:http";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const CHALLENGE = "hub.notify.webhook-endpoint.challenged.v1";
const webhook = new Webhook(process.env.HUB_WEBHOOK_SECRET);
const seen = new Set(); // in earnest a table: an event may come again, also after a restart

function take(headers, body) {
  try {
    webhook.verify(body, headers); // the bytes as they came; refuses what is older than five minutes, too
  } catch {
    return [401];
  }
  const event = HTTP.toEvent({ headers, body });
  if (event.type === CHALLENGE) { // sign what it says: so the hub knows that the secret is here
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    return [200, JSON.stringify({ answer: webhook.sign(headers["webhook-id"], at, event.data.challenge) })];
  }
  if (!seen.has(event.id)) {
    seen.add(event.id);
    console.log(JSON.stringify(event)); // in earnest: put it aside, answer, and work on it afterwards
  }
  return [204];
}

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const [status, answer] = take(request.headers, Buffer.concat(parts).toString());
  response.writeHead(status, { "content-type": "application/json" }).end(answer);
}).listen(Number(process.argv[2] ?? 8090), "localhost", function ready() {
  console.error(`http://localhost:${this.address().port}/`);
});

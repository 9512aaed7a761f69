import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";

export type * from "./schema.js";

/** Where the hub is, and who calls: `token` gives the access token of the moment, or nothing for anybody. */
export interface Connection {
  origin: string;
  token?: () => string | undefined | Promise<string | undefined>;
}

/** The hub's API: every call is checked by the compiler against the contract. */
export function connect({ origin, token }: Connection): Client<paths> {
  const client = createClient<paths>({ baseUrl: origin });
  client.use({
    async onRequest({ request }) {
      const given = await token?.();
      if (given) request.headers.set("authorization", `Bearer $${given}`);
      return request;
    },
  });
  return client;
}

// Says on standard output, as JSON, what AsyncAPI's own parser finds in the document it is given.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const channels = document?.channels().all().length ?? 0;
process.stdout.write(JSON.stringify({ channels, diagnostics: diagnostics.map((one) => `${one.code} ${one.path.join(".")}: ${one.message}`) }));

// The rules of docs/api.md that take more than a pattern. Each gives its findings as sentences.

const PROBLEM = "application/problem+json";
const ASSURANCES = ["low", "substantial", "high"];
const STANDARDS_WORDS = /^[a-z][a-z0-9:_+-]*$/; // languages, OAuth's and OpenID's own words
const UPPER = /^[A-Z][A-Z0-9_]*$/;

const kinds = (schema) => [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(Boolean);
const isJson = (type) => type === "application/json" || type.endsWith("+json");
const isData = (type) => isJson(type) || type === "text/xml";
const bodies = (operation) => [
  ...Object.entries(operation.requestBody?.content ?? {}),
  ...Object.values(operation.responses ?? {}).flatMap((answer) => Object.entries(answer.content ?? {})),
];
const named = (operation, where) =>
  (operation.parameters ?? []).filter((one) => one.in === where).map((one) => one.name);

const rules = {
  *policy(operation) {
    const scopes = (operation.security ?? []).flatMap((one) => Object.values(one).flat());
    if (operation["x-public"] === true) {
      if (operation.security?.length !== 0) yield "a public operation has `security: []`";
      return;
    }
    if (scopes.length === 0) yield "names no scope: policy.operation(...) or policy.public(...)";
    if (!ASSURANCES.includes(operation["x-assurance"])) yield "names no level of assurance";
    if (typeof operation["x-mandate"] !== "boolean") yield "does not say whether a mandate serves";
  },

  *members(properties) {
    for (const [name, schema] of Object.entries(properties)) {
      if (!/^[a-z][a-z0-9_]*$/.test(name)) yield `${name} is not snake_case`;
      if (!kinds(schema).some((kind) => kind.description)) yield `${name} has no description`;
      const texts = kinds(schema).filter((kind) => kind.type === "string");
      const wanted = name.endsWith("_at") ? "date-time" : name.endsWith("_on") ? "date" : null;
      if (wanted && texts.some((kind) => kind.format !== wanted)) yield `${name} has not the format ${wanted}`;
      if (/(^|_)id$/.test(name) && texts.some((kind) => !(kind.format || kind.pattern || kind.enum || kind.const)))
        yield `${name} has neither format nor pattern`;
    }
  },

  *enumeration(schema) {
    for (const value of schema.enum)
      if (typeof value === "string" && !UPPER.test(value) && !STANDARDS_WORDS.test(value))
        yield `${value} is not UPPER_SNAKE`;
    const styles = new Set(schema.enum.filter((value) => typeof value === "string").map((value) => UPPER.test(value)));
    if (styles.size > 1) yield "mixes two ways of writing";
  },

  *problems(operation) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (!/^[45]/.test(status)) continue;
      const types = Object.keys(answer.content ?? {});
      const byProtocol = operation["x-protocol"] && types.every(isData);
      if (byProtocol) continue;
      if (types.join() !== PROBLEM) yield `${status} is not ${PROBLEM}`;
      if (!answer["x-problem-types"]?.length) yield `${status} names no problem type`;
    }
  },

  *lists(operation) {
    const schema = operation.responses["200"]?.content?.["application/json"]?.schema;
    const isList = operation.operationId.startsWith("list_");
    if (!isList && !schema?.properties?.next_cursor) return;
    const items = schema?.properties?.items;
    if (!items) yield "a list has no `items`";
    const isWhole = items?.maxItems <= 200 && !schema.properties.next_cursor; // 42 counties need no pages
    if (isWhole) return;
    if (!schema?.properties?.next_cursor) yield "a list has no `next_cursor`";
    const asked = named(operation, "query");
    for (const name of ["limit", "cursor"]) if (!asked.includes(name)) yield `a list is asked for with ${name}`;
  },

  *repeatable(operation, context) {
    if (operation["x-protocol"]) return;
    if (context.path.at(-1) === "post" && !operation["x-changes-nothing"] && !named(operation, "header").includes("Idempotency-Key"))
      yield "takes no Idempotency-Key: use hub_service.routing.Router";
    const shown = operation.responses["200"];
    if (context.path.at(-1) === "get" && shown && !shown.headers?.ETag) yield "gives no ETag";
  },

  *strict(schema) {
    if (schema.properties && schema.additionalProperties !== false) yield "takes unknown members";
  },

  *examples(operation) {
    for (const [type, media] of bodies(operation))
      if (isJson(type) && media.example === undefined && !media.examples)
        yield `no example for ${type}: give its fields examples=[...]`;
  },
};

export default (target, { rule }, context) =>
  target && typeof target === "object" ? [...rules[rule](target, context)].map((message) => ({ message })) : [];

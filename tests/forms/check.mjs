// Forms, given as JSON on standard input, as AJV, react-jsonschema-form and JSON Forms see them; the answer is
// JSON on standard output. What a library warns of is part of the answer.
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { createRequire } from "node:module";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";

const require = createRequire(import.meta.url);
const { default: Form } = require("@rjsf/core");
const { customizeValidator } = require("@rjsf/validator-ajv8");
const { JsonForms } = require("@jsonforms/react");
const { vanillaCells, vanillaRenderers } = require("@jsonforms/vanilla-renderers");

const warnings = [];
for (const level of ["warn", "error", "log"]) {
  console[level] = (...parts) => warnings.push(parts.map(String).join(" "));
}

const strict = () => {
  const ajv = new Ajv2020.default({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv;
};

// Pointer and keyword of each fault, as the hub names them.
const escaped = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");
const faultsOf = (errors) =>
  (errors ?? [])
    .filter((error) => error.keyword !== "if" && !/\/oneOf\/[0-9]+\//.test(error.schemaPath))
    .map(({ instancePath, keyword, params }) => {
      if (keyword === "required") return [`${instancePath}/${escaped(params.missingProperty)}`, keyword];
      if (keyword === "additionalProperties") {
        return [`${instancePath}/${escaped(params.additionalProperty)}`, keyword];
      }
      return [instancePath, { oneOf: "enum", "false schema": "not-asked" }[keyword] ?? keyword];
    });

const rendered = ({ schema, rjsf, jsonforms, data }) => ({
  rjsf: renderToStaticMarkup(
    createElement(Form, {
      schema,
      uiSchema: rjsf,
      formData: data,
      validator: customizeValidator({ AjvClass: Ajv2020.default }),
    }),
  ),
  jsonforms: renderToStaticMarkup(
    createElement(JsonForms, {
      schema,
      uischema: jsonforms,
      data: data ?? {},
      renderers: vanillaRenderers,
      cells: vanillaCells,
      ajv: strict(),
    }),
  ),
});

let text = "";
for await (const part of process.stdin) text += part;
const answers = JSON.parse(text).map((form) => {
  const validate = strict().compile(form.schema);
  const faults = (form.examples ?? []).map((example) => (validate(example), faultsOf(validate.errors)));
  const shown = (form.shown ?? []).map((data) => rendered({ ...form, data }));
  return { faults, shown };
});
process.stdout.write(JSON.stringify({ answers, warnings }));

// openapi.mjs - api.yaml as JSON: for GET /api/openapi.json and for the makers of types.

import { cString } from './out.mjs';

export function openapiJson(model) {
  return `${JSON.stringify(model.doc, null, 1)}\n`;
}

export function openapiSource(model) {
  return `/* openapi.c - made from schemas/api.yaml by schemas/gen/openapi.mjs. */
#include <stddef.h>

extern const char openapi_json[];
extern const size_t openapi_json_len;

const char openapi_json[] = ${cString(openapiJson(model))};
const size_t openapi_json_len = sizeof(openapi_json) - 1;
`;
}

// lua.mjs - the *.lua scripts beside a function become `struct redis_script lua_<file>`.

import { cString } from './out.mjs';

/** scripts: [{name, text}], name without .lua */
export function luaHeader(scripts, dir) {
  for (const s of scripts) if (!/^[a-z][a-z0-9_]*$/.test(s.name)) throw new Error(`${dir}/${s.name}.lua: the name must be one in C`);
  return `/* lua_${dir}.h - made from the *.lua of ${dir} by schemas/gen/lua.mjs. */
#ifndef GEN_LUA_${dir.toUpperCase()}_H
#define GEN_LUA_${dir.toUpperCase()}_H

#include "redis.h"

${scripts.map((s) => `__attribute__((unused)) static struct redis_script lua_${s.name} = {\n\t.name = "${s.name}",\n\t.text = ${cString(s.text)}\n};\n`).join('\n')}
#endif
`;
}

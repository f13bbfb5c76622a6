// compress.mjs FOLDER - puts a .gz and a .br beside each file that a browser takes packed, so that nginx never packs
// anything while people wait. Made once, so as small as they get.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WORTH = 1024; // below, it is one packet anyway
const PACKED = /\.(js|css|svg|html)$/;

const brotli = (bytes) => {
	const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
	return brotliCompressSync(bytes, { params });
};

const folder = process.argv[2];
for (const name of readdirSync(folder, { recursive: true })) {
	const path = join(folder, name);
	if (!PACKED.test(name) || !statSync(path).isFile() || statSync(path).size < WORTH) continue;
	const bytes = readFileSync(path);
	writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
	writeFileSync(`${path}.br`, brotli(bytes));
}

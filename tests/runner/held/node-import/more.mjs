import { readFileSync } from "node:fs";
export default await Promise.resolve(readFileSync("data.json", "utf8"));
export const url = import.meta.url;
export const main = process.argv[1];

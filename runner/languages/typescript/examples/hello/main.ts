import { readFileSync } from "fs";

const input: string = readFileSync(0, "utf8").trim();

console.log(`hello, ${input || "world"}`);

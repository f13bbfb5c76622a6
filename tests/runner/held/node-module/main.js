import { argv } from "node:process";
import here from "./here.js";
console.log(typeof require, import.meta.url, argv, here);
await new Promise((done) => setTimeout(done, 10));
throw new TypeError("at the top");

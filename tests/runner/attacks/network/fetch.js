// claim: JavaScript reaches nobody: no name, no address, no metadata service
// status: ok
// prints: held
const dns = require("node:dns/promises");
const dgram = require("node:dgram");
const { refused, held } = require("./attempt.js");

(async () => {
  for (const url of ["http://1.1.1.1/", "http://169.254.169.254/latest/meta-data/", "http://[2606:4700:4700::1111]/", "http://host.docker.internal/"])
    await refused(url, () => fetch(url, { signal: AbortSignal.timeout(1500) }));
  await refused("name", () => dns.lookup("example.org"));
  await refused("query", () => new Promise((done, fail) => {
    const s = dgram.createSocket("udp4");
    s.send("x", 53, "8.8.8.8", (error) => (error ? fail(error) : done("sent")));
  }));
  held();
  process.exit(0);
})();

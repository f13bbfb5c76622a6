// claim: an inspector opened from inside is heard by nobody outside
// status: ok
// prints: held
const inspector = require("node:inspector");
inspector.open(9229, "0.0.0.0");
console.log("held");
inspector.close();

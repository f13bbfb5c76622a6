// claim: a flood of lines from JavaScript ends at the limit of output
// status: output_limit
const line = "x".repeat(200) + "\n";
function flood() {
  for (let i = 0; i < 100; i++) process.stdout.write(line);
  setImmediate(flood);
}
flood();

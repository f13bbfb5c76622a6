function inner(x) {
  return x.y.z;
}
process.on("exit", (code) => console.log("exit", code));
inner({});

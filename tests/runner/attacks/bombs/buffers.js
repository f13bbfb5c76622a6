// claim: memory outside of JavaScript's heap counts as well
// status: memory_limit runtime_error
const all = [];
for (;;) all.push(Buffer.alloc(8 << 20, 1));

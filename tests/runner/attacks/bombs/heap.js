// claim: a heap that grows without end is stopped by its own limit or the sandbox's
// status: memory_limit runtime_error
const all = [];
for (;;) all.push(new Array(1000000).fill(0.5));

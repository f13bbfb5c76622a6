// claim: JavaScript that hears every signal and goes on is ended by its time
// wall: 20000
// status: time_limit
// prints: deaf
for (const s of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGALRM"]) process.on(s, () => {});
process.on("exit", () => setInterval(() => {}, 1));
console.log("deaf");
setInterval(() => {}, 1000);

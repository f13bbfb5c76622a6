const began = process.hrtime.bigint();
const order = [];
/* From there on: a machine that stands still until they are due would have them run first. */
setImmediate(() => {
  order.push("immediate");
  setTimeout(() => order.push("later"), 300);
  setTimeout(() => order.push("sooner"), 150);
});
process.nextTick(() => order.push("tick"));
Promise.resolve().then(() => order.push("promise"));
setTimeout(() => {
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  console.log(order, ms >= 995, Date.now() > 1.7e12);
}, 1000);

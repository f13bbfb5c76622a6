const began = process.hrtime.bigint();
const order = [];
setTimeout(() => order.push("later"), 300);
setTimeout(() => order.push("sooner"), 150);
setImmediate(() => order.push("immediate"));
process.nextTick(() => order.push("tick"));
Promise.resolve().then(() => order.push("promise"));
setTimeout(() => {
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  console.log(order, ms >= 395, Date.now() > 1.7e12);
}, 400);

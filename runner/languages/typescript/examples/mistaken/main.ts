const n: number = "one";

console.log(n);

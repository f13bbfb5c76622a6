console.log("so far, so good");
throw new TypeError("this one is meant to fail");

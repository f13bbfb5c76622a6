// claim: an expression that never comes to an end ends with its time
// wall: 1500
// status: time_limit
/^(a+)+$/.test("a".repeat(60) + "b");

/*
 * attempt.js - what attacks in JavaScript are written with: tries that ought to fail, and saying so where they did not.
 */
exports.refused = async (name, f) => {
  try {
    const got = await f();
    console.log("ESCAPED:", name, String(got).slice(0, 200));
  } catch {
    /* As it should be. */
  }
};
exports.held = () => console.log("held");

/* cases.test.mjs - interviewers write test cases, candidates run them, both see the verdicts; hidden ones stay hidden. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { waitFor } from "../lib/wait.mjs";
import { closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const SECRET = "osprey";

const tests = (window) => window.page.getByRole("tab", { name: /^Tests/ }).click();
const item = (window, number) => window.page.locator(`[data-case="${number}"]`);
const verdict = (window, number, status) => window.page.locator(`[data-case="${number}"][data-status="${status}"]`).waitFor();

async function write(window, number, { name, input, expected, hidden }) {
  const fields = window.page.getByRole("group", { name: `Case ${number}`, exact: true });
  if (name) await fields.getByLabel(`Name of case ${number}`).fill(name);
  await fields.getByLabel("Input").fill(input);
  await fields.getByLabel("Expected output").fill(expected);
  if (hidden) await fields.getByRole("checkbox").check();
}

async function setting() {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom("Test cases");
  await tests(anna);
  await anna.button("Write test cases").click();
  await write(anna, 1, { name: "small", input: "1 2", expected: "3" });
  await anna.button("Add a case").click();
  await write(anna, 2, { input: "20 22", expected: "42\nand no more" });
  await anna.button("Add a case").click();
  await write(anna, 3, { name: "large", input: `${SECRET}s 1`, expected: SECRET, hidden: true });
  await anna.button("Save", { exact: true }).click();
  await item(anna, 3).waitFor();
  return { anna, room };
}

test("an interviewer writes cases, a candidate runs them, both see the verdicts", async () => {
  const { anna, room } = await setting();
  const mira = await guest(room, "candidate", "Mira Berg");
  await mira.insert("a, b = input().split()\nprint(int(a) + int(b) if a.isdigit() else a)\n");
  await tests(mira);
  await mira.page.getByText("3 cases, 1 hidden").waitFor();
  assert.equal(await mira.button("Edit", { exact: true }).count(), 0);
  await mira.button("Run tests").click();
  for (const window of [mira, anna]) {
    await verdict(window, 1, "ok");
    await verdict(window, 2, "wrong_answer");
    await verdict(window, 3, "wrong_answer");
    await window.page.getByText("wrong answer, 1 of 3 passed").first().waitFor();
    await window.page.getByRole("tab", { name: "Tests 1/3" }).waitFor();
  }

  await item(mira, 2).getByRole("button").click();
  const rows = mira.page.getByRole("group", { name: "Expected and printed" }).getByRole("row");
  await rows.first().waitFor(); /* what was printed is fetched when the run has ended */
  assert.deepEqual(await rows.allTextContents(), ["LineExpectedPrinted", "14242", "2 differsand no moreno line"]);
  assert.ok(await item(mira, 3).getByRole("button").isDisabled(), "a hidden one does not open");
  assert.ok(!(await mira.page.content()).includes(SECRET));

  await waitFor(async () => !(await item(anna, 3).getByRole("button").isDisabled()), { what: "interviewers can open it" });
  await item(anna, 3).getByRole("button").click();
  await item(anna, 3).getByText(`${SECRET}s`, { exact: true }).first().waitFor();
});

test("what the server refuses is said at the field", async () => {
  const { anna } = await setting();
  anna.expects(/422/);
  await anna.button("Edit", { exact: true }).click();
  const name = anna.field("Name of case 2");
  await name.fill("a\u2028b");
  await anna.button("Save", { exact: true }).click();
  await anna.page.locator("[aria-invalid]").waitFor();
  assert.equal(await anna.page.locator("[aria-invalid]").count(), 1);
  await waitFor(() => name.evaluate((field) => field === document.activeElement), { what: "the focus is there" });
  await name.fill("fine");
  await anna.button("Remove case 3").click();
  await anna.button("Save", { exact: true }).click();
  await item(anna, 2).getByText("2. fine").waitFor();
  assert.equal(await item(anna, 3).count(), 0);
});

test("cases that change are said to have changed, and everyone has the new ones", async () => {
  const { anna, room } = await setting();
  const mira = await guest(room, "candidate", "Mira Berg");
  await tests(mira);
  await mira.insert("print(3)");
  await mira.button("Run tests").click();
  await verdict(mira, 1, "ok");
  await mira.page.locator('[data-run][data-status="wrong_answer"]').waitFor();
  await anna.button("Edit", { exact: true }).click();
  await anna.button("Remove case 3").click();
  await anna.button("Save", { exact: true }).click();
  await mira.page.getByText("2 cases", { exact: true }).waitFor();
  await mira.page.getByText("The test cases have changed since this run.").waitFor();
  await mira.button("Run tests").click();
  await mira.page.getByText("wrong answer, 1 of 2 passed").first().waitFor();
});

test("a room without test cases says so", async () => {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom("None");
  await tests(anna);
  await anna.page.getByText("No test cases yet.").waitFor();
  const mira = await guest(room, "candidate", "Mira Berg");
  await tests(mira);
  await mira.page.getByText("This room has no test cases.").waitFor();
  assert.equal(await mira.button("Run tests").count(), 0);
});

test("an interviewer restricts Python, and everyone is told", async () => {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom("Restricted");
  const mira = await guest(room, "candidate", "Mira Berg");
  await anna.button("More", { exact: true }).click();
  await anna.button("Restrict Python to a list").click();
  await mira.page.getByText("restricted", { exact: true }).waitFor();
  await mira.button("More", { exact: true }).click();
  assert.equal(await mira.button(/^(Restrict|Allow all of) Python/).count(), 0);
});

/* starter.test.mjs - an empty file is offered its language's first program: written when somebody asks, for everybody. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { closeAll, guest, person, quit } from "./window.mjs";

afterEach(closeAll);
after(quit);

const offer = (window) => window.button(/^Begin with an example/);

test("an empty main file is offered an example, once, and only to who may write it", async () => {
  const anna = await person("Anna Kern");
  const room = await anna.newRoom("Starter");
  await offer(anna).waitFor();
  await anna.shot("starter-desk");
  const olaf = await guest(room, "observer", "Olaf");
  await olaf.inRoom();
  assert.equal(await offer(olaf).count(), 0);
  assert.equal(await anna.text(), "", "nothing is written until somebody asks");
  await offer(anna).click();
  await anna.sees("def ");
  await olaf.sees("def ");
  await offer(anna).waitFor({ state: "detached" });
  await anna.press("Control+a", "Delete");
  await offer(anna).waitFor();
  await anna.type("x = 1");
  await offer(anna).waitFor({ state: "detached" });
});

/*
 * files.test.mjs - the code as the server has it: as files, as the files of a run, as hashes to compare with.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as Y from "yjs";
import { api } from "../lib/api.mjs";
import * as frames from "../lib/frames.mjs";
import { send } from "../lib/http.mjs";

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const updates = (room, document = "code") => `${room.path}/docs/${document}/updates`;
const file = (room, path) => `${room.path}/files/${encodeURIComponent(path)}`;

/* A room with these files, as an editor makes them: {path: text}. */
async function roomWith(texts) {
  const room = await api.room(await api.signup());
  const doc = new Y.Doc();
  await change(room, doc, () => {
    for (const [path, text] of Object.entries(texts)) {
      doc.getMap("files").set(path, true);
      doc.getText(`file:${path}`).insert(0, text);
    }
  });
  return { room, doc };
}

const change = (room, doc, how) => room.owner.must(204, "POST", updates(room), frames.update(frames.edit(doc, how)));

async function listed(room, person = room.owner) {
  const { files } = await person.must(200, "GET", `${room.path}/files`);
  return files;
}

test("files are listed with their sizes, and read one by one", async () => {
  const text = "s = 'ä😀'\n";
  const { room } = await roomWith({ "src/deep/er.py": text, "main.py": "print(1)", "empty.txt": "" });
  const bob = await api.guest(room, "observer");
  const files = await listed(room, bob);

  assert.deepEqual(files.map(({ path }) => path), ["empty.txt", "main.py", "src/deep/er.py"]);
  assert.deepEqual(files[2], {
    path: "src/deep/er.py", bytes: Buffer.byteLength(text), characters: [...text].length, hash: sha256(text), listed: true,
  });
  assert.equal(files[0].bytes, 0);
  for (const path of [file(room, "src/deep/er.py"), `${room.path}/files/src/deep/er.py`]) {
    const res = await bob.get(path);
    assert.equal(res.status, 200);
    assert.equal(res.headers["content-type"], "text/plain; charset=utf-8");
    assert.equal(res.headers.etag, `"${sha256(text)}"`);
    assert.equal(Buffer.from(res.body).toString(), text);
  }
  assert.equal((await bob.get(file(room, "empty.txt"))).raw.length, 0);
});

test("what is removed is gone; text without a listing is told apart", async () => {
  const { room, doc } = await roomWith({ "a.py": "a", "b.py": "b", "c.py": "c" });
  await change(room, doc, () => {
    doc.getText("file:a.py").delete(0, 1);
    doc.getMap("files").delete("a.py");
    doc.getMap("files").delete("b.py");
  });
  assert.deepEqual((await listed(room)).map(({ path, listed }) => [path, listed]), [["b.py", false], ["c.py", true]]);
  assert.equal((await room.owner.get(file(room, "a.py"))).problem, "not-found");
  assert.equal((await room.owner.get(file(room, "b.py"))).status, 200);
});

test("a log that was compacted and its tail give the same files", async () => {
  const { room, doc } = await roomWith({ "main.py": "" });
  for (let i = 0; i < 700; i++) await change(room, doc, () => doc.getText("file:main.py").insert(i % 7, `${i},`));
  const expected = doc.getText("file:main.py").toString();
  assert.equal(Buffer.from((await room.owner.get(file(room, "main.py"))).body).toString(), expected);
});

test("nobody reads the files of a room that they are not in", async () => {
  const { room } = await roomWith({ "main.py": "secret" });
  const stranger = await api.signup();
  const other = await api.guest(await api.room(stranger));
  for (const path of [`${room.path}/files`, file(room, "main.py"), `${room.path}/docs/code/state`]) {
    assert.equal((await api.anyone().get(path)).status, 401);
    for (const person of [stranger, other]) {
      const res = await person.get(path);
      assert.equal(res.status, 404);
      assert.ok(!res.raw.includes("secret"));
    }
  }
  const bob = await api.guest(room, "candidate");
  assert.equal((await bob.get(`${room.path}/docs/notes/state`)).problem, "denied");
});

/* Raw, since a client would tidy some of them up. */
test("paths that are none are refused, and reach nothing else", async () => {
  const { room } = await roomWith({ "main.py": "x" });
  const paths = ["..", "../..", "%2e%2e", "%2e%2e%2f%2e%2e%2fruns", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "%2fetc%2fpasswd", "a//b",
    "a%2f%2fb", "main.py/", "main.py%2f", ".hidden", "a/.hidden", "%00", "main.py%00.txt", "%ff", "%", "%2", "a%0ab", "a b", "a%20b", "a\\b",
    "files", "file:main.py", "__proto__/%61", "a/".repeat(8) + "b", "a/".repeat(40) + "b", "a".repeat(121), "%C3%A4"];
  for (const path of paths) {
    const res = await send({
      method: "GET", path: `${room.path}/files/${path.replace(" ", "%20")}`,
      headers: { authorization: `Bearer ${room.owner.token}` }, address: room.owner.address,
    });
    const said = `${path}: ${res.status} ${res.raw}`;
    assert.ok([400, 404, 422].includes(res.status), said);
    assert.match(res.headers["content-type"], /problem/, said);
  }
});

test("names that are no paths cannot be made into files", async () => {
  const { room, doc } = await roomWith({ "main.py": "x" });
  for (const name of ["file:../x", "file:/x", "file:a//b", "file:.x", "file:a\u0000b", "file:ä", `file:${"a/".repeat(8)}b`]) {
    const other = new Y.Doc();
    const update = frames.edit(other, () => other.getText(name).insert(0, "x"));
    assert.equal((await room.owner.post(updates(room), frames.update(update))).status, 422, name);
  }
  await change(room, doc, () => ["../x", "", "a b", "a\u0000b", "/", "x".repeat(200)].forEach((key) => doc.getMap("files").set(key, 1)));
  assert.deepEqual((await listed(room)).map(({ path }) => path), ["main.py"]);
});

/* What `hash` of api.yaml's Fingerprint says, made of a Y.Doc. */
function fingerprint(doc) {
  const index = doc.getMap("files");
  const paths = new Set([...index.keys(), ...[...doc.share.keys()].filter((n) => n.startsWith("file:")).map((n) => n.slice(5))]);
  const parts = [...paths].sort().map((path) => ({ path, listed: index.has(path), text: doc.getText(`file:${path}`).toString() }))
    .filter(({ listed, text }) => listed || text !== "")
    .map(({ path, listed, text }) => `${path}\0${listed ? 1 : 0}\0${Buffer.byteLength(text)}\0${text}`);
  return { vector: Buffer.from(Y.encodeStateVector(doc)).toString("base64"), snapshot: sha256(Y.encodeSnapshot(Y.snapshot(doc))), hash: sha256(parts.join("")) };
}

test("a stock Y.Doc with the same edits has the same hashes", async () => {
  const { room, doc } = await roomWith({ "main.py": "print('ä😀')", "b/c.txt": "c" });
  const state = () => room.owner.must(200, "GET", `${room.path}/docs/code/state`);
  assert.deepEqual(await state(), fingerprint(doc));
  /* A browser keeps what its undo may bring back, which the server drops: that must make no difference. */
  const undo = new Y.UndoManager(doc.getText("file:main.py"), { captureTimeout: 0 });
  for (let i = 0; i < 60; i++) {
    await change(room, doc, () => {
      const text = doc.getText("file:main.py");
      if (i % 3 === 2) text.delete(i % text.length, 1);
      else text.insert((i * 7) % text.length, "xy");
      if (i % 10 === 0) doc.getMap("files").set(`f${i % 4}.py`, i);
    });
    if (i % 15 === 7) await change(room, doc, () => undo.undo());
    if (i % 4 === 0) assert.deepEqual(await state(), fingerprint(doc), `after edit ${i}`);
  }
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  assert.deepEqual(await state(), fingerprint(other));
  const empty = await api.room(room.owner);
  assert.deepEqual(await room.owner.must(200, "GET", `${empty.path}/docs/code/state`), fingerprint(new Y.Doc()));
  assert.equal((await room.owner.must(200, "GET", `${empty.path}/docs/board/state`)).hash, sha256(""));
});

test("notes have hashes, too", async () => {
  const { room } = await roomWith({});
  const notes = new Y.Doc();
  const update = frames.edit(notes, () => notes.getText("notes").insert(0, "ä strong"));
  await room.owner.must(204, "POST", updates(room, "notes"), frames.update(update));
  const said = await room.owner.must(200, "GET", `${room.path}/docs/notes/state`);
  assert.equal(said.hash, sha256("notes\u00000\u00009\0ä strong"));
  assert.equal(said.snapshot, sha256(Y.encodeSnapshot(Y.snapshot(notes))));
});

/* What a run was made of: its files as the runner gets them. */
const submit = (person, room, body) => person.post(`${room.path}/runs`, { language: "python", ...body });

async function output(person, run) {
  for (let after = 0, all = ""; ; ) {
    const { chunks, done } = await person.must(200, "GET", `/api/runs/${run}/output?after=${after}`);
    all += chunks.map(({ data }) => data).join("");
    after = chunks.at(-1)?.seq ?? after;
    if (done) return all;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

test("a run of the document runs the files as the server has them", async () => {
  const { room, doc } = await roomWith({ "main.py": "import helper, os\nprint(helper.word, sorted(os.listdir()))", "helper.py": "word = 'ä'", "empty.py": "", "gone.py": "x" });
  await change(room, doc, () => doc.getMap("files").delete("gone.py"));
  const bob = await api.guest(room);
  const res = await submit(bob, room, { document: true });
  assert.equal(res.status, 202, res.raw.toString());
  assert.match(await output(bob, res.body.id), /^ä \['__pycache__', 'helper.py', 'main.py'\]|^ä \['helper.py', 'main.py'\]/);
});

test("a room without files runs an empty one", async () => {
  const { room } = await roomWith({});
  assert.equal((await submit(room.owner, room, { document: true })).status, 202);
});

test("the bounds of a run hold for the document, and name the file", async () => {
  const wrong = async (texts, pattern) => {
    const { room } = await roomWith(texts);
    const res = await submit(room.owner, room, { document: true });
    assert.equal(res.status, 422, res.raw.toString());
    assert.equal(res.errors[0].pointer, "/document");
    assert.match(res.errors[0].detail, pattern);
  };
  await wrong({ "main.py": "x", "src/long.py": "ä".repeat(5001) }, /src\/long\.py has 5001 characters/);
  await wrong({ "main.py": "x".repeat(5001) }, /main\.py has 5001/);
  await wrong({ "main.py": "a\u0000b" }, /main\.py holds a NUL/);
  await wrong(Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`f${i}.py`, "x"])), /34 files/);
  await wrong({ "main.py": "x", a: "x", "a/b": "x" }, /a file cannot be a folder/);
  const { room } = await roomWith({ "main.py": "😀".repeat(5000), "empty.py": "" });
  assert.equal((await submit(room.owner, room, { document: true })).status, 202);
});

test("a run has files or a document, and who may not run may not run either", async () => {
  const { room } = await roomWith({ "main.py": "print(1)" });
  const files = [{ path: "main.py", content: "" }];
  assert.equal((await submit(room.owner, room, { document: true, files })).errors[0].pointer, "/document");
  assert.equal((await submit(room.owner, room, {})).errors[0].pointer, "/files");
  assert.equal((await submit(room.owner, room, { document: false })).errors[0].pointer, "/files");
  assert.equal((await submit(room.owner, room, { document: false, files })).status, 202);
  assert.equal((await submit(room.owner, room, { document: true, language: "cobol" })).errors[0].pointer, "/language");
  assert.equal((await submit(await api.guest(room, "observer"), room, { document: true })).problem, "denied");
  await room.owner.must(200, "POST", `${room.path}/end`);
  assert.equal((await submit(room.owner, room, { document: true })).problem, "gone");
  assert.equal((await room.owner.get(file(room, "main.py"))).status, 200);
});

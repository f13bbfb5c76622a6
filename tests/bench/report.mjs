/*
 * report.mjs - what was measured as rows {name, unit, ours, peer, peer_name, ratio, n}: a file and a table.
 *
 * Rows are costs but where their name says otherwise, and there the ratio is the other way round: below 1 is in our favour. Where the peer has nothing of the kind, peer and
 * ratio are null.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const round = (value) => (value === null || value === undefined ? null : Number(value.toPrecision(4)));

export class Report {
  rows = [];

  /* `more`: of this, more is better. */
  add(name, unit, ours, peer, peerName, n, more = false) {
    const ratio = peer > 0 && ours > (more ? 0 : -1) && ours !== null ? round(more ? peer / ours : ours / peer) : null;
    this.rows.push({ name, unit, ours: round(ours), peer: round(peer), peer_name: peerName, ratio, n });
  }

  write(folder) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "bench.json"), `${JSON.stringify(this.rows, null, 1)}\n`);
  }

  /* One line for each thing measured, a column for each peer. */
  table() {
    const peers = [...new Set(this.rows.map((row) => row.peer_name))];
    const names = [...new Set(this.rows.map((row) => `${row.name}\0${row.unit}`))];
    const text = (value) => (value === null || value === undefined ? "-" : String(value));
    const lines = names.map((key) => {
      const [name, unit] = key.split("\0");
      const mine = this.rows.filter((row) => row.name === name);
      return [name, unit, text(mine[0].ours), ...peers.map((peer) => text(mine.find((row) => row.peer_name === peer)?.peer))];
    });
    return layOut([["", "unit", "Viva", ...peers], ...lines].map((line) => line.filter((_, i) => used(i, lines))));
  }
}

/* Columns in which anything stands. */
const used = (column, lines) => lines.some((line) => line[column] !== "-");

function layOut(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const row = (line) => line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return lines.map((line) => row(line).trimEnd()).join("\n");
}

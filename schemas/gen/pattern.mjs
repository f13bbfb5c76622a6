// pattern.mjs - a `pattern` of api.yaml becomes a table for a finite automaton.
//
// A table is followed one code point at a time: time is linear in the text whatever the text is, and
// nothing is compiled while the server runs. Understood is the part of JavaScript's syntax without look-around
// and back references; a pattern is anchored at both ends. Anything else is refused.
//
//   parse      text -> tree of {set} {cat} {alt} {repeat}
//   automaton  tree -> states by subset construction; code points fall into a few classes first

const LAST = 0x10ffff;
const STATES_MAX = 2000;
const NODES_MAX = 50000;
const REPEAT_MAX = 1000;

const SPACE = [[9, 13], [32, 32], [0xa0, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a], [0x2028, 0x2029],
  [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000], [0xfeff, 0xfeff]];
const DIGIT = [[48, 57]];
const WORD = [[48, 57], [65, 90], [95, 95], [97, 122]];
const LINE_END = [[10, 10], [13, 13], [0x2028, 0x2029]];

/** The code points that are in none of the ranges. */
function complement(ranges) {
  const out = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) out.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) out.push([next, LAST]);
  return out;
}

const SETS = { s: SPACE, d: DIGIT, w: WORD, S: complement(SPACE), D: complement(DIGIT), W: complement(WORD) };
const CONTROLS = { n: 10, r: 13, t: 9, f: 12, v: 11 };

class Parser {
  constructor(text) {
    this.text = text;
    this.chars = [...text];
    this.at = 0;
  }

  fail(why) {
    throw new Error(`pattern ${this.text}: ${why}`);
  }

  peek() {
    return this.chars[this.at];
  }

  take(c) {
    if (this.peek() !== c) return false;
    this.at++;
    return true;
  }

  whole() {
    if (!this.take('^')) this.fail('begin it with ^: it must match the whole text');
    if (this.chars.at(-1) !== '$' || this.chars.at(-2) === '\\') this.fail('end it with $: it must match the whole text');
    this.chars.pop();
    const tree = this.sequence();
    if (this.peek() === '|') this.fail('put the alternatives into (?: )');
    if (this.at < this.chars.length) this.fail(`${this.peek()} is out of place`);
    return tree;
  }

  alternatives() {
    const alt = [this.sequence()];
    while (this.take('|')) alt.push(this.sequence());
    return { alt };
  }

  sequence() {
    const cat = [];
    while (this.at < this.chars.length && this.peek() !== '|' && this.peek() !== ')') cat.push(this.quantified());
    return { cat };
  }

  quantified() {
    const what = this.atom();
    if (this.take('*')) return { repeat: what, min: 0, max: Infinity };
    if (this.take('+')) return { repeat: what, min: 1, max: Infinity };
    if (this.take('?')) return { repeat: what, min: 0, max: 1 };
    const m = /^\{(\d+)(,(\d*))?\}/.exec(this.chars.slice(this.at).join(''));
    if (!m) return what;
    this.at += m[0].length;
    const min = Number(m[1]);
    const max = m[2] === undefined ? min : m[3] === '' ? Infinity : Number(m[3]);
    if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX) || max < min) this.fail(`${m[0]} is out of range`);
    return { repeat: what, min, max };
  }

  atom() {
    if (this.take('(')) {
      if (this.take('?') && !this.take(':')) this.fail('only (?: ) groups are understood');
      const inner = this.alternatives();
      if (!this.take(')')) this.fail('a ) is missing');
      return inner;
    }
    if (this.take('[')) return { set: this.charClass() };
    if (this.take('.')) return { set: complement(LINE_END) };
    if (this.take('\\')) return { set: this.escape() };
    const c = this.chars[this.at++];
    if ('*+?{}]^$'.includes(c)) this.fail(`${c} is out of place; write \\${c} for the character`);
    return { set: [[c.codePointAt(0), c.codePointAt(0)]] };
  }

  escape() {
    const c = this.chars[this.at++];
    if (c === undefined) this.fail('it ends in a backslash');
    if (SETS[c]) return SETS[c];
    const point = c in CONTROLS ? CONTROLS[c] : c === 'x' ? this.hex(2) : c === 'u' ? this.hex(4) : /[A-Za-z0-9]/.test(c) ? this.fail(`\\${c} is not understood`) : c.codePointAt(0);
    return [[point, point]];
  }

  hex(digits) {
    const text = this.chars.slice(this.at, this.at + digits).join('');
    if (!/^[0-9a-fA-F]+$/.test(text) || text.length !== digits) this.fail(`${digits} hexadecimal digits are wanted`);
    this.at += digits;
    return parseInt(text, 16);
  }

  charClass() {
    const negated = this.take('^');
    const ranges = [];
    while (!this.take(']')) {
      if (this.at >= this.chars.length) this.fail('a ] is missing');
      const from = this.classMember();
      const single = from.length === 1 && from[0][0] === from[0][1];
      if (this.peek() !== '-' || this.chars[this.at + 1] === ']' || !single) {
        ranges.push(...from);
        continue;
      }
      this.at++;
      const to = this.classMember();
      if (to.length !== 1 || to[0][0] !== to[0][1] || to[0][0] < from[0][0]) this.fail('a range is out of order');
      ranges.push([from[0][0], to[0][0]]);
    }
    return negated ? complement(ranges) : ranges;
  }

  classMember() {
    if (this.take('\\')) return this.escape();
    const point = this.chars[this.at++].codePointAt(0);
    return [[point, point]];
  }
}

/** Cuts all code points into runs that every set of the tree treats alike: [{from, cls}], and the classes' samples. */
function classesOf(sets) {
  const cuts = [...new Set([0, ...sets.flatMap((s) => s.flatMap(([from, to]) => [from, to + 1]))])]
    .filter((p) => p <= LAST).sort((a, b) => a - b);
  const byMembership = new Map();
  const runs = [];
  for (const from of cuts) {
    const key = sets.map((s) => (contains(s, from) ? '1' : '0')).join('');
    if (!byMembership.has(key)) byMembership.set(key, byMembership.size);
    const cls = byMembership.get(key);
    if (runs.at(-1)?.cls !== cls) runs.push({ from, cls });
  }
  const samples = [];
  for (const run of runs) samples[run.cls] ??= run.from;
  return { runs, samples };
}

function contains(ranges, point) {
  return ranges.some(([from, to]) => from <= point && point <= to);
}

function setsOf(tree, out = []) {
  if (tree.set) out.push(tree.set);
  for (const sub of tree.cat ?? tree.alt ?? (tree.repeat ? [tree.repeat] : [])) setsOf(sub, out);
  return out;
}

/** How many nodes build() will make. */
function size(tree) {
  if (tree.set) return 1;
  if (tree.repeat) return 1 + size(tree.repeat) * (tree.max === Infinity ? tree.min + 1 : tree.max) + tree.min;
  return (tree.cat ?? tree.alt).reduce((n, t) => n + size(t), 1);
}

/** Thompson's construction: a node is {set?, to: [nodes]}; a node without a set is passed freely. */
function build(tree, end) {
  if (tree.set) return { set: tree.set, to: [end] };
  if (tree.alt) return { to: tree.alt.map((t) => build(t, end)) };
  if (tree.cat) return tree.cat.reduceRight((next, t) => build(t, next), end);
  let tail = end;
  if (tree.max === Infinity) {
    tail = { to: [end] };
    tail.to.push(build(tree.repeat, tail));
  } else {
    for (let i = tree.min; i < tree.max; i++) tail = { to: [build(tree.repeat, tail), end] };
  }
  for (let i = 0; i < tree.min; i++) tail = build(tree.repeat, tail);
  return tail;
}

function closure(nodes) {
  const seen = new Set();
  const todo = [...nodes];
  while (todo.length > 0) {
    const n = todo.pop();
    if (seen.has(n)) continue;
    seen.add(n);
    if (!n.set) todo.push(...n.to);
  }
  return seen;
}

/**
 * The automaton of a pattern: {runs: [{from, cls}], classes, next: [[state]], accept: [bool]}.
 * State 0 is the dead one, state 1 where a text begins.
 */
export function automaton(text) {
  const tree = new Parser(text).whole();
  if (size(tree) > NODES_MAX) throw new Error(`pattern ${text}: it would have too many states; make it simpler`);
  const { runs, samples } = classesOf(setsOf(tree));
  const end = { to: [] };
  const ids = new Map();
  const number = (n) => (ids.has(n) || ids.set(n, ids.size), ids.get(n));
  const states = [null, closure([build(tree, end)])];
  const known = new Map([[key(states[1]), 1]]);
  const next = [samples.map(() => 0)];

  function key(set) {
    return [...set].filter((n) => n.set || n === end).map(number).sort((a, b) => a - b).join(' ');
  }

  for (let i = 1; i < states.length; i++) {
    if (states.length > STATES_MAX) throw new Error(`pattern ${text}: more than ${STATES_MAX} states; make it simpler`);
    next[i] = samples.map((point) => {
      const to = closure([...states[i]].filter((n) => n.set && contains(n.set, point)).flatMap((n) => n.to));
      if (to.size === 0) return 0;
      const k = key(to);
      if (!known.has(k)) known.set(k, states.push(to) - 1);
      return known.get(k);
    });
  }
  return { runs, classes: samples.length, next, accept: states.map((s) => s !== null && s.has(end)) };
}

/** Follows the automaton as the C code does; the golden tests compare this with JavaScript's RegExp. */
export function matches(a, text) {
  let state = 1;
  for (const c of text) {
    const point = c.codePointAt(0);
    state = a.next[state][a.runs.findLast((r) => r.from <= point).cls];
  }
  return a.accept[state];
}

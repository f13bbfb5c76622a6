/*
 * plot.mjs - curves as text for a terminal and as SVG for a file.
 *
 * A plot is { title, x, y, curves: [{ name, points: [[x, y], ...] }] }, with points from left to right.
 */
const WIDTH = 640;
const HEIGHT = 300;
const EDGE = { left: 70, right: 110, top: 30, bottom: 40 };
const COLORS = ["#0b57d0", "#b3261e", "#137333"];

const most = (curves, i) => Math.max(...curves.flatMap(({ points }) => points.map((point) => point[i])));
const short = (n) => (n >= 10 ? Math.round(n).toLocaleString("en-US") : n.toPrecision(2));

/* A bar for each point; and its height over the first's for each unit of x: 1.0 everywhere is a straight line. */
export function plotText({ title, curves }) {
  const lines = [`  ${title}`];
  for (const { name, points } of curves) {
    const [[x0, y0]] = points;
    const end = points.at(-1)[1];
    for (const [x, y] of points) {
      const bend = (y / y0 / (x / x0)).toFixed(2);
      lines.push(`  ${name.padEnd(6)} ${short(x).padStart(9)} ${"#".repeat(Math.round((40 * y) / end)).padEnd(40)} ${short(y)} ms, ${bend}`);
    }
  }
  return lines.join("\n");
}

function axes({ title, x, y, curves }, [right, top]) {
  const [bottom, end] = [HEIGHT - EDGE.bottom, WIDTH - EDGE.right];
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const [tx, ty] = [EDGE.left + part * (end - EDGE.left), bottom - part * (bottom - EDGE.top)];
    return (
      `<path d="M${tx} ${bottom}v4M${EDGE.left} ${ty}h-4" stroke="currentColor"/>` +
      `<text x="${tx}" y="${bottom + 16}" text-anchor="middle">${short(part * right)}</text>` +
      `<text x="${EDGE.left - 8}" y="${ty + 4}" text-anchor="end">${short(part * top)}</text>`
    );
  });
  const names = curves.map(({ name }, i) => `<text x="${end + 10}" y="${EDGE.top + 16 * i + 4}" fill="${COLORS[i]}">${name}</text>`);
  return [
    `<text x="${EDGE.left}" y="16" font-weight="bold">${title}, ${y}</text>`,
    `<text x="${end}" y="${bottom + 32}" text-anchor="end">${x}</text>`,
    `<path d="M${EDGE.left} ${EDGE.top}V${bottom}H${end}" fill="none" stroke="currentColor"/>`,
    ...ticks,
    ...names,
  ];
}

function one(plot, offset) {
  const [right, top] = [most(plot.curves, 0), most(plot.curves, 1)];
  const at = ([x, y]) => [
    EDGE.left + (x / right) * (WIDTH - EDGE.left - EDGE.right),
    HEIGHT - EDGE.bottom - (y / top) * (HEIGHT - EDGE.top - EDGE.bottom),
  ];
  const lines = plot.curves.map(({ points }, i) => {
    const path = points.map((point) => at(point).map((n) => n.toFixed(1)).join(" ")).join("L");
    return `<path d="M${path}" fill="none" stroke="${COLORS[i]}" stroke-width="2"/>`;
  });
  return `<g transform="translate(0 ${offset})">${[...axes(plot, [right, top]), ...lines].join("\n")}</g>`;
}

/* The plots below one another. */
export function plotSvg(plots) {
  const height = HEIGHT * plots.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">\n` +
    `<rect width="${WIDTH}" height="${height}" fill="white"/>\n${plots.map((plot, i) => one(plot, i * HEIGHT)).join("\n")}\n</svg>\n`
  );
}

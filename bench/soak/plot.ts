import type {Sample} from "./sample.ts";

const WIDTH = 760;
const HEIGHT = 110;
const LEFT = 70;
const TOP = 48;
const GAP = 40;

interface Line {
  readonly name: string;
  readonly value: (sample: Sample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const panels: readonly Panel[] = [
  {
    title: "memory, MB",
    lines: [
      {name: "proxies", value: ({proxyMb}) => proxyMb},
      {name: "edges", value: ({edgeMb}) => edgeMb},
    ],
  },
  {title: "handles of the proxies", lines: [{name: "handles", value: ({handles}) => handles}]},
  {title: "sessions to model hosts", lines: [{name: "sessions", value: ({sessions}) => sessions}]},
  {
    title: "first byte, ms",
    lines: [
      {name: "p50", value: ({p50Ms}) => p50Ms},
      {name: "p99", value: ({p99Ms}) => p99Ms},
    ],
  },
  {
    title: "requests a step",
    lines: [
      {name: "requests", value: ({requests}) => requests},
      {name: "failed", value: ({failed}) => failed},
    ],
  },
];

/** A soak as SVG: a panel under the other, minutes to the right, each from zero. */
export function plot(title: string, samples: readonly Sample[]): string {
  const height = TOP + panels.length * (HEIGHT + GAP);
  const width = LEFT + WIDTH + 90;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text x="${LEFT}" y="18">${escaped(title)}</text>`,
    ...panels.map(
      (panel, at) =>
        `<g transform="translate(${LEFT} ${TOP + at * (HEIGHT + GAP)})">${drawn(panel, samples)}</g>`,
    ),
    "</svg>\n",
  ].join("\n");
}

const STYLE = `.ground{fill:#fff}text{fill:#222}.axis{stroke:#bbb}.quiet{fill:#777}.line{fill:none;stroke-width:1.5}.line0{stroke:#1668b8}.line1{stroke:#c2410c}.text0{fill:#1668b8}.text1{fill:#c2410c}
@media(prefers-color-scheme:dark){.ground{fill:#16181c}text{fill:#ddd}.axis{stroke:#555}.quiet{fill:#999}.line0{stroke:#6cb2f7}.line1{stroke:#fb923c}.text0{fill:#6cb2f7}.text1{fill:#fb923c}}`;

function drawn({title, lines}: Panel, samples: readonly Sample[]): string {
  const values = lines.flatMap(({value}) => samples.map(value)).filter(Number.isFinite);
  const most = Math.max(1, ...values) * 1.1;
  const last = Math.max(...samples.map(({minute}) => minute));
  const x = (minute: number) => ((minute / last) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const path = ({value}: Line) =>
    samples
      .filter((sample) => Number.isFinite(value(sample)))
      .map((sample, at) => `${at === 0 ? "M" : "L"}${x(sample.minute)} ${y(value(sample))}`)
      .join("");
  return [
    `<text class="quiet" y="-6">${title}</text>`,
    `<path class="axis" d="M0 0V${HEIGHT}H${WIDTH}" fill="none"/>`,
    `<text class="quiet" x="-8" y="10" text-anchor="end">${Math.round(most)}</text>`,
    `<text class="quiet" x="-8" y="${HEIGHT}" text-anchor="end">0</text>`,
    `<text class="quiet" x="${WIDTH}" y="${HEIGHT + 14}" text-anchor="end">${last.toFixed(0)} min</text>`,
    ...lines.map((line, at) => `<path class="line line${at}" d="${path(line)}"/>`),
    ...lines.map(
      ({name}, at) => `<text class="text${at}" x="${WIDTH + 8}" y="${14 + 16 * at}">${name}</text>`,
    ),
  ].join("\n");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

import { element } from "./dom.js";
import type { Minutes } from "./metrics.js";

const width = 240;
const height = 56;
/** Room for the line's own thickness. */
const margin = 2;
const svgNamespace = "http://www.w3.org/2000/svg";

/** How a chart is labelled and scaled. */
export interface ChartOptions {
  readonly title: string;
  readonly values: Minutes;
  /** The value at the upper edge; the largest one there is when absent. */
  readonly top?: number;
  readonly print: (value: number) => string;
}

/** A small chart: what it is, how it stands, and the last hour as a line. */
export function chart({ title, values, top, print }: ChartOptions): HTMLElement {
  const figure = document.createElement("figure");
  const known = values.filter((value) => value !== undefined);
  const last = known.at(-1);
  const caption = document.createElement("figcaption");
  caption.append(
    element("span", title, "chart-title"),
    element("span", last === undefined ? "–" : print(last), "chart-value"),
  );
  const most = known.length === 0 ? 0 : Math.max(...known);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart" });
  svg.setAttribute(
    "aria-label",
    last === undefined
      ? `${title}: nothing yet`
      : `${title}: ${print(last)} now, at most ${print(most)} in the last hour`,
  );
  const scale = Math.max(top ?? most, Number.MIN_VALUE);
  const x = (minute: number): number => (minute / (values.length - 1)) * width;
  const y = (value: number): number => height - margin - (value / scale) * (height - 2 * margin);
  svg.append(drawn("line", { class: "chart-ground", x1: 0, x2: width, y1: height - 1, y2: height - 1 }));
  for (const run of runsOf(values)) {
    const points = run.map(([minute, value]) => `${x(minute).toFixed(1)},${y(value).toFixed(1)}`);
    const [first] = run[0]!;
    const [end] = run.at(-1)!;
    svg.append(
      drawn("polygon", {
        class: "chart-area",
        points: [`${x(first)},${height}`, ...points, `${x(end)},${height}`].join(" "),
      }),
      drawn("polyline", { class: "chart-line", points: points.join(" ") }),
    );
  }
  const final = runsOf(values).at(-1)?.at(-1);
  if (final !== undefined) {
    svg.append(drawn("circle", { class: "chart-dot", cx: x(final[0]).toFixed(1), cy: y(final[1]).toFixed(1), r: 2.5 }));
  }
  figure.append(caption, svg);
  return figure;
}

/** Stretches of minutes without a gap. */
function runsOf(values: Minutes): readonly (readonly (readonly [minute: number, value: number])[])[] {
  const runs: (readonly [number, number])[][] = [];
  let open = false;
  values.forEach((value, minute) => {
    if (value !== undefined) {
      if (!open) runs.push([]);
      runs.at(-1)!.push([minute, value]);
    }
    open = value !== undefined;
  });
  return runs;
}

function drawn(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

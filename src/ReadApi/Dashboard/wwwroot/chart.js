// A stacked bar chart in SVG: hover or arrow keys show a bar's numbers.
const ns = 'http://www.w3.org/2000/svg';
const margin = { top: 8, right: 4, bottom: 22, left: 46 };

export const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
export const whole = new Intl.NumberFormat();

function svg(name, attributes, parent) {
  const element = document.createElementNS(ns, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

/** Round steps up to at least the maximum; whole numbers, because clicks are. */
function scale(max) {
  const rough = Math.max(max, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find(factor => factor * power >= rough) * power);
  return { step, top: Math.ceil(Math.max(max, 1) / step) * step };
}

/**
 * Draws bars into a container.
 * @param {{title: string, label: string, values: number[], compared: number|null, partial: boolean}[]} bars
 * @param {{name: string, label: string}[]} series  from the bottom up
 */
export function drawBars(container, bars, series, summary) {
  const width = container.clientWidth || 600;
  const height = width < 500 ? 220 : 260;
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const sums = bars.map(bar => bar.values.reduce((a, b) => a + b, 0));
  const { step, top } = scale(Math.max(...sums, ...bars.map(bar => bar.compared ?? 0)));
  const y = value => margin.top + inner.height * (1 - value / top);
  const slotWidth = inner.width / bars.length;
  const gap = slotWidth > 6 ? Math.min(slotWidth * 0.2, 6) : slotWidth > 2 ? 0.5 : 0;
  const x = index => margin.left + index * slotWidth;

  const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', tabindex: 0, 'aria-label': summary });
  for (let value = 0; value <= top; value += step) {
    svg('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }, root);
    svg('text', { x: margin.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, root).textContent = compact.format(value);
  }
  const every = Math.max(1, Math.ceil(bars.length / Math.max(2, Math.floor(inner.width / 70))));
  bars.forEach((bar, index) => {
    if (index % every) return;
    const at = Math.min(Math.max(x(index) + slotWidth / 2, margin.left + 14), width - 20);
    svg('text', { x: at, y: height - 6, 'text-anchor': 'middle' }, root).textContent = bar.label;
  });

  bars.forEach((bar, index) => {
    let base = 0;
    bar.values.forEach((value, part) => {
      if (!value) return;
      svg('rect', {
        class: series[part].name + (bar.partial ? ' partial' : ''), x: x(index) + gap / 2, width: Math.max(slotWidth - gap, 0.5),
        y: y(base + value), height: Math.max(y(base) - y(base + value), 0.5), rx: slotWidth > 12 ? 2 : 0,
      }, root);
      base += value;
    });
  });
  if (bars.some(bar => bar.compared !== null)) {
    const points = bars.map((bar, index) => `${x(index) + slotWidth / 2},${y(bar.compared ?? 0)}`).join(' ');
    svg('polyline', { class: 'compared', points }, root);
  }

  const hit = svg('rect', { class: 'hit', y: margin.top, height: inner.height, width: slotWidth }, root);
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-live', 'polite');
  const before = container.chartState;
  const focused = container.contains(document.activeElement);
  container.replaceChildren(root, tip);
  const state = container.chartState = point(root, hit, tip, { bars, series, sums, x, slotWidth, width });
  if (focused) root.focus();
  if (before?.current >= 0 && before.current < bars.length) state.show(before.current);
}

/** Pointer and keys over the bars; what is shown survives the next drawing. */
function point(root, hit, tip, chart) {
  const state = { current: -1, show: null };
  const show = state.show = index => {
    const current = state.current = Math.min(Math.max(index, 0), chart.bars.length - 1);
    const bar = chart.bars[current];
    hit.setAttribute('x', chart.x(current));
    hit.classList.add('on');
    const line = (label, value) => {
      const row = document.createElement('div');
      const name = document.createElement('span');
      name.textContent = label;
      row.append(name, whole.format(value));
      return row;
    };
    const title = document.createElement('b');
    title.textContent = bar.title + (bar.partial ? ' (so far)' : '');
    tip.replaceChildren(title, ...chart.series.map((part, i) => line(part.label, bar.values[i])).reverse(), line('All', chart.sums[current]));
    if (bar.compared !== null) tip.append(line('Period before', bar.compared));
    tip.hidden = false;
    const centre = chart.x(current) + chart.slotWidth / 2;
    const left = centre > chart.width / 2 ? centre - tip.offsetWidth - 12 : centre + 12;
    tip.style.left = `${Math.max(0, Math.min(left, chart.width - tip.offsetWidth))}px`;
  };
  const hide = () => {
    state.current = -1;
    tip.hidden = true;
    hit.classList.remove('on');
  };
  root.addEventListener('pointermove', event => {
    const at = event.clientX - root.getBoundingClientRect().left - margin.left;
    if (at < 0) hide();
    else show(Math.floor(at / chart.slotWidth));
  });
  root.addEventListener('pointerleave', hide);
  root.addEventListener('blur', hide);
  root.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Escape') hide();
    if (!step) return;
    event.preventDefault();
    show(state.current < 0 ? (step > 0 ? 0 : chart.bars.length - 1) : state.current + step);
  });
  return state;
}

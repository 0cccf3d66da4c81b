// Clicks over time, stacked by outcome, by Chart.js: pointer or arrow keys show a bar's numbers; a click or Enter goes into it.
import { bucketLabels, bucketTitle } from './time.js';
import { compact, outcomes, whole } from './words.js';

const { Chart } = window;
const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export class ClicksChart {
  #chart;
  #canvas;
  #said;
  #rows = [];
  #by = '';
  #labels = [];
  #current = -1;

  /** `said`: where the numbers of a bar are written for who cannot see it. `enter`: called with the time of a bar. */
  constructor(canvas, said, enter) {
    this.#canvas = canvas;
    this.#said = said;
    this.#chart = new Chart(canvas, { data: { labels: [], datasets: [] }, options: this.#options(enter) });
    canvas.addEventListener('keydown', event => this.#onKey(event, enter));
    canvas.addEventListener('blur', () => this.#show(-1));
  }

  /** Draws the rows of a series; those after `freshUntil` are pale. */
  draw(rows, by, freshUntil, isCompared) {
    const same = this.#by === by && this.#rows.length === rows.length;
    [this.#rows, this.#by] = [rows, by];
    const ends = rows.map((_, index) => index + 1 < rows.length ? Date.parse(rows[index + 1].time) : Date.now());
    const isPartial = ends.map(end => freshUntil !== null && end > freshUntil);
    const bars = outcomes.map(({ name, label, metric }, index) => ({
      type: 'bar', label, stack: 'now', data: rows.map(row => row[metric]), order: 1,
      backgroundColor: rows.map((_, at) => color(name) + (isPartial[at] ? '99' : '')),
      borderColor: color('card'), borderWidth: { top: index && rows.length < 100 ? 1 : 0 }, borderRadius: rows.length < 60 ? 2 : 0, maxBarThickness: 44,
      hidden: this.#chart.data.datasets[index]?.hidden ?? false,
    }));
    const before = {
      type: 'line', label: 'Period before', stack: 'before', data: rows.map(row => row.compared_gross_click_count), order: 0,
      borderColor: color('soft'), backgroundColor: color('soft'), borderDash: [4, 4], borderWidth: 1.5, pointRadius: 0, pointHitRadius: 0, tension: 0.25,
    };
    this.#labels = bucketLabels(rows.map(row => row.time), by, this.#canvas.clientWidth / 70);
    this.#chart.options.scales.x.ticks.autoSkip = !this.#labels.includes('');
    this.#chart.data = { labels: this.#labels, datasets: isCompared ? [...bars, before] : bars };
    this.#theme();
    this.#chart.update(same ? 'none' : undefined);
    const all = rows.reduce((sum, row) => sum + row.gross_click_count, 0);
    this.#canvas.setAttribute('aria-label', `${whole(all)} clicks in ${rows.length} bars by ${by}. Arrow keys move from bar to bar; Enter goes into one.`);
    if (this.#current >= 0) this.#show(Math.min(this.#current, rows.length - 1));
  }

  /** Shows or hides an outcome; true when it is shown now. */
  toggle(index) {
    const set = this.#chart.data.datasets[index];
    set.hidden = !set.hidden;
    this.#chart.update();
    return !set.hidden;
  }

  #options(enter) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    return {
      maintainAspectRatio: false, animation: still ? false : { duration: 250 }, interaction: { mode: 'index', intersect: false },
      onClick: (_, items) => { if (items.length) enter(this.#rows[items[0].index].time); },
      scales: {
        x: { stacked: true, offset: true, grid: { display: false }, border: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 18, callback: index => this.#labels[index] } },
        y: { stacked: true, beginAtZero: true, border: { display: false }, ticks: { precision: 0, maxTicksLimit: 6, callback: compact } },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          padding: 10, cornerRadius: 8, boxPadding: 4, usePointStyle: true, itemSort: (a, b) => b.datasetIndex - a.datasetIndex, borderWidth: 1,
          callbacks: {
            title: ([item]) => bucketTitle(this.#rows[item.dataIndex].time, this.#by),
            label: item => ` ${item.dataset.label}: ${whole(item.raw)}`,
            footer: ([item]) => `All: ${whole(this.#rows[item.dataIndex].gross_click_count)}`,
          },
        },
      },
    };
  }

  #theme() {
    const { scales, plugins } = this.#chart.options;
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    for (const scale of [scales.x, scales.y]) Object.assign(scale.ticks, { color: color('soft'), font });
    scales.y.grid.color = color('line');
    Object.assign(plugins.tooltip, {
      backgroundColor: color('card'), borderColor: color('line'), titleColor: color('text'), bodyColor: color('text'), footerColor: color('text'),
      titleFont: { ...font, weight: 600 }, bodyFont: font, footerFont: { ...font, weight: 600 },
    });
  }

  #onKey(event, enter) {
    const last = this.#rows.length - 1;
    const to = {
      ArrowLeft: this.#current < 0 ? last : this.#current - 1, ArrowRight: this.#current + 1, Home: 0, End: last, Escape: -1,
    }[event.key];
    if (event.key === 'Enter' && this.#current >= 0) enter(this.#rows[this.#current].time);
    if (to === undefined) return;
    event.preventDefault();
    this.#show(event.key === 'Escape' ? -1 : Math.min(Math.max(to, 0), last));
  }

  #show(index) {
    this.#current = index;
    const active = index < 0 ? [] : this.#chart.data.datasets.flatMap((set, datasetIndex) => set.hidden ? [] : [{ datasetIndex, index }]);
    this.#chart.setActiveElements(active);
    this.#chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    this.#chart.update('none');
    const row = this.#rows[index];
    this.#said.textContent = row ? `${bucketTitle(row.time, this.#by)}: ${outcomes.map(({ label, metric }) => `${label} ${whole(row[metric])}`).join(', ')}` : '';
  }
}

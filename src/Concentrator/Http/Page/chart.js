// Bars over time, stacked, as SVG. What they show is also a table.

import { el, svg, replace } from './dom.js';
import { clock, count } from './format.js';

const height = 168, left = 34, right = 6, top = 8, bottom = 20;

/** A chart with a legend and a table. `series`: [{ key, name }], at most three. `update(intervals)` draws. */
export function chart(title, series) {
  const drawing = svg('svg', { class: 'chart', role: 'img', 'aria-label': title });
  const body = el('tbody');
  const node = el('figure', { class: 'wide' },
    drawing,
    el('figcaption', {},
      el('ul', { class: 'legend' }, series.map((line, i) => el('li', { class: `l${i + 1}` }, line.name))),
      el('details', { class: 'data' },
        el('summary', {}, 'As a table'),
        el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, as a table` },
          el('table', {},
            el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'From'), series.map(line => el('th', { scope: 'col', class: 'num' }, line.name)))),
            body)))));
  return { node, update: intervals => draw(drawing, body, title, series, intervals) };
}

function draw(drawing, body, title, series, intervals) {
  const totals = intervals.map(interval => series.reduce((sum, line) => sum + interval[line.key], 0));
  // As wide as it is shown: text is not stretched.
  const width = Math.max(drawing.clientWidth, 240);
  drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const most = niceCeiling(Math.max(...totals, 4));
  const step = (width - left - right) / intervals.length;
  const scale = (height - top - bottom) / most;
  const parts = [];
  for (const value of [0, most / 2, most]) {
    const y = height - bottom - value * scale;
    parts.push(svg('line', { class: 'gridline', x1: left, x2: width - right, y1: y, y2: y }), svg('text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, count(value)));
  }
  intervals.forEach((interval, i) => {
    let base = height - bottom;
    series.forEach((line, s) => {
      const tall = interval[line.key] * scale;
      if (tall > 0) parts.push(svg('rect', { class: `s${s + 1}`, x: (left + i * step + .4).toFixed(1), y: (base - tall).toFixed(1), width: Math.max(step - .8, 1).toFixed(1), height: tall.toFixed(1) }));
      base -= tall;
    });
  });
  for (const part of [0, .25, .5, .75, 1]) {
    const at = Math.min(intervals.length - 1, Math.round(part * intervals.length));
    parts.push(svg('text', { x: left + part * (width - left - right), y: height - 5, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle' }, clock(intervals[at].at).slice(0, 5)));
  }
  replace(drawing, ...parts);
  const sums = series.map(line => `${line.name} ${count(intervals.reduce((sum, interval) => sum + interval[line.key], 0))}`);
  drawing.setAttribute('aria-label', `${title}. In the last quarter of an hour: ${sums.join(', ')}.`);
  const rows = intervals.filter((_, i) => totals[i] > 0).reverse();
  replace(body, rows.length === 0
    ? el('tr', {}, el('td', { colspan: series.length + 1, class: 'muted' }, 'Nothing yet.'))
    : rows.map(interval => el('tr', {}, el('td', {}, clock(interval.at)), series.map(line => el('td', { class: 'num' }, count(interval[line.key]))))));
}

/** The next 1, 2, 4 or 6 of its power of ten: halves of it are whole numbers. */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 10].map(factor => factor * power).find(nice => nice >= value && nice % 2 === 0) ?? 10 * power;
}

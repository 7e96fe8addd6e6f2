'use strict';
(() => {
  const run = JSON.parse(document.getElementById('data').textContent);
  const time = run.time;
  const CHARTS = [
    ['Calls per second', '', [['sent', 'sent'], ['succeeded', 'succeeded'], ['failed', 'failed'], ['unsent', 'due and not sent']]],
    ['Latency of the calls that succeeded', ' ms', [['p50', 'p50'], ['p99', 'p99'], ['max', 'max']]],
    ['Queries of the server per second', '', [['queries', 'queries']]],
    ['Waiters in the server', '', [['waiters', 'waiters']]],
    ['Heap of the server', ' MiB', [['heap', 'in use']]],
  ];
  let plots = [];

  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const shown = (number, unit) =>
    number == null ? '' : (number >= 100 ? Math.round(number).toLocaleString('en') : +number.toPrecision(3)) + unit;
  const axis = () => ({ stroke: color('--soft'), font: '11px system-ui, sans-serif', grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } });

  function figure(title) {
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = title;
    figure.append(caption);
    document.getElementById('charts').append(figure);
    return figure;
  }

  function plot(title, options, data) {
    const place = figure(title);
    const size = () => ({ width: place.clientWidth - 20, height: 190 });
    const made = new uPlot({ ...size(), ...options }, data, place);
    plots.push({ made, size });
  }

  function overTime([title, unit, series]) {
    if (!series.some(([key]) => run[key])) return;
    plot(title, {
      cursor: { sync: { key: 'time' } },
      scales: { x: { time: false }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
      axes: [{ ...axis(), space: 60, values: (_, ticks) => ticks.map(tick => tick + ' s') }, { ...axis(), size: 72, values: (_, ticks) => ticks.map(tick => shown(tick, unit)) }],
      series: [{ label: 'time', value: (_, tick) => tick == null ? '' : tick + ' s' }, ...series.map(([, label], i) => ({
        label, stroke: color('--c' + (i + 1)), width: 1.5, points: { show: time.length < 3 },
        value: (_, number) => shown(number, unit),
      }))],
    }, [time, ...series.map(([key]) => run[key])]);
  }

  function histogram() {
    const bars = run.bars;
    if (bars.calls.length === 0) return;
    const index = bars.calls.map((_, i) => i);
    const bound = i => shown(bars.from[i], '');
    plot('Histogram of the latency, in ms', {
      scales: { x: { time: false, range: [-0.6, index.length - 0.4] }, y: { range: (_, low, high) => [0, high * 1.05] } },
      axes: [{ ...axis(), space: 50, incrs: [1, 2, 5, 10], values: (_, ticks) => ticks.map(bound) }, { ...axis(), size: 72, values: (_, ticks) => ticks.map(tick => shown(tick, '')) }],
      series: [{ label: 'latency', value: (_, i) => i == null ? '' : bound(i) + ' to ' + shown(bars.to[i], ' ms') }, {
        label: 'calls', stroke: color('--c1'), fill: color('--c1'), paths: uPlot.paths.bars({ size: [0.9] }), points: { show: false },
        value: (_, number) => shown(number, ''),
      }],
    }, [index, bars.calls]);
  }

  function draw() {
    plots.forEach(({ made }) => made.destroy());
    plots = [];
    document.getElementById('charts').replaceChildren();
    CHARTS.forEach(overTime);
    histogram();
  }

  addEventListener('resize', () => plots.forEach(({ made, size }) => made.setSize(size())));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  matchMedia('print').addEventListener('change', draw);
  draw();
})();

'use strict';
(() => {
  const SECONDS = 900;
  const SYNC = uPlot.sync('time');
  const CHARTS = [
    ['Lookups per second, by outcome', '', [['hits', 'memory'], ['loaded', 'loaded'], ['joined', 'joined'], ['missing', 'missing'], ['failed', 'failed, refused or timed out']]],
    ['Hits', ' %', [['hit_percent', 'share of the lookups']]],
    ['Queries per second', '', [['queries', 'sent'], ['cache_aside', 'with cache-aside'], ['no_cache', 'without a cache']]],
    ['Time of a hit in the service', ' ms', [['hit_p50', 'median'], ['hit_p99', '99th percentile']]],
    ['Wait of callers for a load', ' ms', [['wait_p50', 'median'], ['wait_p99', '99th percentile']]],
    ['Time of a query', ' ms', [['query_p50', 'median'], ['query_p99', '99th percentile']]],
    ['Flights and waiters', '', [['flights', 'flights'], ['waiters', 'waiters'], ['active', 'connections in use']]],
    ['Memory of cached rows', 'bytes', [['bytes', 'rows']]],
    ['Rows per second, stale or from Redis', '', [['stale', 'served stale'], ['shared', 'from Redis']]],
  ];
  const BYTES = [' B', ' KiB', ' MiB', ' GiB'];
  const POWERS_OF_2 = Array.from({ length: 50 }, (_, i) => 2 ** i);
  const data = { time: [] };
  const parts = {};
  let next = 0;
  let plots = [];

  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const columns = series => [data.time, ...series.map(([key]) => data[key] || [])];

  // Bytes have the unit that suits the greatest number of those that are shown together.
  function shown(number, unit, greatest = number) {
    if (number == null) return '';
    if (unit === 'bytes') {
      const power = Math.min(3, Math.floor(Math.log2(Math.max(greatest, 1)) / 10));
      return shown(number / 1024 ** power, BYTES[power]);
    }
    return (number >= 100 ? Math.round(number).toLocaleString('en') : +number.toPrecision(3)) + unit;
  }

  const clock = seconds => new Date(seconds * 1000).toTimeString().slice(0, 8);

  function draw() {
    plots.forEach(plot => plot.plot.destroy());
    const place = document.getElementById('charts');
    place.replaceChildren();
    plots = CHARTS.map(([title, unit, series]) => {
      const figure = document.createElement('figure');
      const caption = document.createElement('figcaption');
      caption.textContent = title;
      figure.append(caption);
      place.append(figure);
      const axis = { stroke: color('--soft'), font: '11px system-ui, sans-serif', grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line') } };
      const plot = new uPlot({
        width: figure.clientWidth - 20,
        height: 170,
        cursor: { sync: { key: SYNC.key } },
        scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.05 : 1] } },
        axes: [{ ...axis, space: 70, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 72, ...(unit === 'bytes' && { incrs: POWERS_OF_2 }), values: (_, ticks) => ticks.map(tick => shown(tick, unit, ticks.at(-1))) }],
        series: [{ label: 'time', value: (_, tick) => tick == null ? '' : clock(tick) }, ...series.map(([, label], i) => ({
          label, stroke: color('--c' + (i + 1)), width: 1.5, points: { show: false },
          value: (_, number) => shown(number, unit),
        }))],
      }, columns(series), figure);
      return { plot, series, figure };
    });
  }

  function resize() {
    plots.forEach(({ plot, figure }) => plot.setSize({ width: figure.clientWidth - 20, height: 170 }));
  }

  function append(answer) {
    for (const key of Object.keys(answer)) {
      if (Array.isArray(answer[key])) {
        data[key] = (data[key] || []).concat(answer[key]).slice(-SECONDS);
      }
    }
  }

  // A part that is replaced loses what a reader has selected in it.
  function show(part, html) {
    const place = document.getElementById(part);
    const selection = getSelection();
    const isSelected = !selection.isCollapsed && selection.containsNode(place, true);
    if (parts[part] === html || isSelected) return;
    place.innerHTML = html;
    parts[part] = html;
  }

  async function poll() {
    const live = document.getElementById('live');
    try {
      const response = await fetch('page.json?since=' + next);
      if (!response.ok) throw new Error('HTTP status ' + response.status);
      const answer = await response.json();
      if (answer.next < next) Object.keys(data).forEach(key => { data[key] = []; });
      next = answer.next;
      append(answer);
      for (const part of ['states', 'counts', 'settings']) show(part, answer[part]);
      plots.forEach(({ plot, series }) => plot.setData(columns(series)));
      live.textContent = 'live';
    } catch (failure) {
      live.textContent = 'no answer from the service: ' + failure.message;
    }
    setTimeout(poll, 1000);
  }

  document.getElementById('explain').addEventListener('submit', async event => {
    event.preventDefault();
    const form = event.target;
    const place = document.getElementById('explanation');
    place.hidden = false;
    try {
      place.textContent = await (await fetch('explain?' + new URLSearchParams(new FormData(form)))).text();
    } catch (failure) {
      place.textContent = 'no answer from the service: ' + failure.message;
    }
  });

  document.querySelectorAll('.origin').forEach(place => { place.textContent = location.origin; });
  document.querySelectorAll('pre.command').forEach(command => {
    if (!navigator.clipboard) return;
    const text = command.textContent;
    const button = document.createElement('button');
    button.textContent = 'Copy';
    button.addEventListener('click', () => navigator.clipboard.writeText(text));
    command.prepend(button);
  });

  addEventListener('resize', resize);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  draw();
  poll();
})();

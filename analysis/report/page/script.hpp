// Script of the page, verbatim: movies, and the values under the pointer. May depend on: nothing.
#pragma once

namespace symbreak::report {

inline constexpr const char* kScript = R"js(
for (const movie of document.querySelectorAll('.movie')) {
  const frames = movie.querySelectorAll('.frame');
  const slider = movie.querySelector('input'), button = movie.querySelector('button');
  const output = movie.querySelector('output');
  let shown = 0, timer = 0;
  const show = (frame) => {
    frames[shown].hidden = true;
    shown = frame;
    frames[shown].hidden = false;
    slider.value = shown;
    slider.setAttribute('aria-valuetext', frames[shown].dataset.label);
    output.textContent = frames[shown].dataset.label;
  };
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = 'Play'; };
  slider.addEventListener('input', () => { stop(); show(Number(slider.value)); });
  button.addEventListener('click', () => {
    if (timer) return stop();
    if (shown === frames.length - 1) show(0);
    button.textContent = 'Pause';
    timer = setInterval(
        () => shown < frames.length - 1 ? show(shown + 1) : stop(), 120);
  });
  show(0);  // a reload may have kept the slider elsewhere
}

const tip = document.getElementById('tip');
for (const data of document.querySelectorAll('figure script')) {
  const plot = data.previousElementSibling, svg = plot.querySelector('svg');
  const {edges, values, log, x: xName, y: yName, curves, surface} = JSON.parse(data.textContent);
  const part = (value, low, high, logarithmic) => logarithmic ?
      Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  // Places in the drawing as parts of its width and height, from the upper left.
  const place = (x, y) => {
    if (x === null || y === null || (log[0] && x <= 0) || (log[1] && y <= 0)) return null;
    const u = part(x, values[0], values[1], log[0]), v = part(y, values[2], values[3], log[1]);
    if (!(u >= -1e-9 && u <= 1 + 1e-9 && v >= -1e-9 && v <= 1 + 1e-9)) return null;
    return [edges[0] + u * (edges[1] - edges[0]), 1 - edges[2] - v * (edges[3] - edges[2])];
  };
  const points = [];
  curves.forEach((curve, c) => curve.x.forEach((x, i) => {
    const at = place(x, curve.y[i]);
    if (!at) return;
    const error = curve.e && curve.e[i] > 0 ? ' ± ' + Number(curve.e[i].toPrecision(2)) : '';
    points.push({c, at, text: [curve.label, xName + ' = ' + x, yName + ' = ' + curve.y[i] + error]});
  }));
  if (surface) surface.x.forEach((x, i) => surface.y.forEach((y, j) => {
    const at = place(x, y);
    if (at && surface.z[i][j] !== null) points.push({c: curves.length, at, text:
        [xName + ' = ' + x + ', ' + yName + ' = ' + y, surface.label + ' = ' + surface.z[i][j]]});
  }));
  const ring = document.createElement('div');
  ring.className = 'ring';
  ring.hidden = true;
  plot.append(ring);
  let now = -1;
  const hide = () => { tip.hidden = ring.hidden = true; now = -1; };
  const show = (index) => {
    now = index;
    const box = svg.getBoundingClientRect(), [u, v] = points[index].at;
    ring.style.left = u * box.width + 'px';
    ring.style.top = v * box.height + 'px';
    tip.replaceChildren(...points[index].text.filter(line => line).map(line => {
      const row = document.createElement('div');
      row.textContent = line;
      return row;
    }));
    tip.hidden = ring.hidden = false;
    const width = document.documentElement.clientWidth, own = tip.getBoundingClientRect();
    const left = Math.max(4, Math.min(box.left + u * box.width + 12, width - own.width - 4));
    tip.style.left = left + scrollX + 'px';
    tip.style.top = box.top + v * box.height + 14 + scrollY + 'px';
  };
  plot.addEventListener('pointermove', event => {
    const box = svg.getBoundingClientRect();
    let best = -1, least = 30 * 30;
    points.forEach(({at: [u, v]}, i) => {
      const d = (u * box.width + box.left - event.clientX) ** 2 +
          (v * box.height + box.top - event.clientY) ** 2;
      if (d < least) { best = i; least = d; }
    });
    if (best < 0) hide(); else show(best);
  });
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('blur', hide);
  plot.addEventListener('keydown', event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const jump = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (event.key === 'Escape') return hide();
    if ((!step && !jump) || points.length === 0) return;
    event.preventDefault();
    if (now < 0) return show(0);
    if (step) return show((now + step + points.length) % points.length);
    const others = [...new Set(points.map(p => p.c))];
    const c = others[(others.indexOf(points[now].c) + jump + others.length) % others.length];
    show(points.findIndex(p => p.c === c));
  });
}
)js";

}  // namespace symbreak::report

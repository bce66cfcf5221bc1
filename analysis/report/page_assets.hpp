// Style and script of the page, verbatim. May depend on: nothing.
#pragma once

namespace symbreak::report {

inline constexpr const char* kStyle = R"css(
:root{--ink:#1b1b1b;--soft:#5b5f66;--rule:#d9dbde;--good:#00664b;--bad:#a63d00;--tint:#f5f6f7}
*{box-sizing:border-box}
body{margin:0 auto;max-width:74rem;padding:2.2rem 1.4rem 4rem;color:var(--ink);background:#fff;
 font:16px/1.5 Charter,"Bitstream Charter","Iowan Old Style",Palatino,Georgia,serif}
h1{font-size:1.75rem;line-height:1.2;margin:0}
h2{font-size:1.18rem;margin:2.4rem 0 .7rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
h3{font-size:1rem;margin:0 0 .1rem}
p{margin:.3rem 0;max-width:62rem}
.lead{font-size:1.08rem;color:var(--soft)}
.facts{margin:.7rem 0 0;color:var(--soft);font-size:.92rem}
.facts span{margin-right:1.4rem;white-space:nowrap}
.sum{font-weight:600}
.yes{color:var(--good)}.no{color:var(--bad)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums lining-nums}
th{text-align:left;font-weight:600;border-bottom:1.5px solid var(--ink);padding:.25rem 1.1rem .25rem 0}
td{vertical-align:top;border-bottom:1px solid var(--rule);padding:.28rem 1.1rem .28rem 0}
td.n,th.n{white-space:nowrap}
td.r,th.r{text-align:right;white-space:nowrap}
td.w{color:var(--soft);min-width:14rem}
code,pre{font:.82rem/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
pre{background:var(--tint);padding:.8rem 1rem;overflow:auto;max-height:26rem;margin:.4rem 0}
.notes{list-style:none;padding:0;margin:0}
.notes li{margin:.35rem 0;padding-left:.8rem;border-left:3px solid var(--rule)}
.notes .warning,.notes .failure{border-color:var(--bad)}
.notes b{font-weight:600}.notes .warning b,.notes .failure b{color:var(--bad)}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1.6rem 2.2rem}
figure{margin:0;min-width:0;max-width:36rem}
figure svg{width:100%;height:auto;display:block}
figcaption{font-size:.9rem;color:var(--soft);line-height:1.42}
p a,figcaption a{color:inherit}
.movie{margin:0 0 2rem}
.movie .grid{margin-top:.5rem}
.controls{display:flex;align-items:center;gap:.9rem;margin:.5rem 0;font-variant-numeric:tabular-nums}
.controls input{flex:1;max-width:40rem;accent-color:#0072b2;height:1.6rem}
.controls button{font:inherit;font-size:.9rem;min-width:4.6rem;padding:.15rem .7rem;background:#fff;
 border:1px solid #9a9fa6;border-radius:4px;cursor:pointer}
.controls output{min-width:8rem;display:inline-block}
:focus-visible{outline:2px solid #0072b2;outline-offset:2px}
details{margin:.5rem 0;font-size:.92rem}
summary{cursor:pointer;color:var(--soft)}
[hidden]{display:none!important}
@media print{.controls,details:not([open]){display:none}body{padding:0}figure{break-inside:avoid}}
)css";

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
)js";

}  // namespace symbreak::report

// Style of the page, verbatim. Light and dark: in the dark drawings are turned in lightness and keep
// their hues; pictures of grey pixels stay as they are, on paper. May depend on: nothing.
#pragma once

namespace symbreak::report {

inline constexpr const char* kStyle = R"css(
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--soft:#565a61;--rule:#d9dbde;--good:#00664b;
 --bad:#a63d00;--tint:#f5f6f7;--accent:#0068a3;--edge:#73787f}
@media (prefers-color-scheme:dark){:root{--ink:#e6e6e3;--paper:#15181b;--soft:#a9aeb5;--rule:#363c42;
 --good:#6fd3ae;--bad:#ff9d6b;--tint:#1e2226;--accent:#6cb8ee;--edge:#8a9098}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:84rem;padding:2.2rem 1.4rem 4rem;color:var(--ink);background:var(--paper);
 font:16px/1.5 Charter,"Bitstream Charter","Iowan Old Style",Palatino,Georgia,serif}
h1{font-size:1.75rem;line-height:1.2;margin:0;max-width:52rem}
h2{font-size:1.18rem;margin:2.4rem 0 .7rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
h3{font-size:1rem;margin:0 0 .3rem}
p{margin:.3rem 0;max-width:62rem}
a{color:var(--accent)}
.lead{font-size:1.08rem;color:var(--soft);margin-top:.5rem}
.ranges{font-size:1.02rem}
.ranges span{display:inline-block;margin-right:1.3rem}
.facts{margin:.7rem 0 0;color:var(--soft);font-size:.92rem}
.sum{font-weight:600}
.yes{color:var(--good)}.no,.no a{color:var(--bad)}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1.6rem 2.2rem}
.key>div{min-width:0}
.scroll{overflow-x:auto;position:relative;margin:.2rem 0 1.3rem}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums lining-nums}
caption{text-align:left;font-weight:600;padding:.2rem 0 .3rem}
caption>span{display:block;max-width:min(calc(100vw - 2rem),62rem)}
.how{font-weight:400;color:var(--soft)}
th{text-align:left;font-weight:600;padding:.25rem 1.1rem .25rem 0;vertical-align:top}
thead th{border-bottom:1.5px solid var(--ink);white-space:nowrap}
tbody th{font-weight:400;border-bottom:1px solid var(--rule)}
td{vertical-align:top;border-bottom:1px solid var(--rule);padding:.28rem 1.1rem .28rem 0}
td.n{white-space:nowrap}
td.w{color:var(--soft);min-width:14rem}
.key table{font-size:1rem}
sup{line-height:0}
code,pre{font:.82rem/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
pre{background:var(--tint);padding:.8rem 1rem;overflow:auto;max-height:26rem;margin:.4rem 0}
summary{cursor:pointer;padding:.25rem 0;color:var(--accent)}
.notes{list-style:none;padding:0;margin:0}
.notes li{margin:.35rem 0;padding-left:.8rem;border-left:3px solid var(--rule)}
.notes .warning,.notes .failure{border-color:var(--bad)}
.notes b{font-weight:600}.notes .warning b,.notes .failure b{color:var(--bad)}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1.6rem 2.2rem}
figure{margin:0;min-width:0;max-width:42rem}
.plot{position:relative;background:#fff;border-radius:3px}
.plot svg{width:100%;height:auto;display:block;color:#000}
figcaption{font-size:.9rem;color:var(--soft);line-height:1.42;margin-top:.3rem}
.links a{display:inline-block;padding:.1rem .3rem;min-height:1.5rem;margin-right:.3rem}
.movie{margin:0 0 2rem}
.movie .grid{margin-top:.5rem}
.controls{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .9rem;margin:.5rem 0;
 font-variant-numeric:tabular-nums}
.controls input{flex:1;min-width:10rem;max-width:40rem;accent-color:var(--accent);height:1.7rem}
.controls button{font:inherit;font-size:.9rem;min-width:4.6rem;padding:.2rem .7rem;color:var(--ink);
 background:var(--paper);border:1px solid var(--edge);border-radius:4px;cursor:pointer}
.controls output{min-width:8rem;display:inline-block}
#tip{position:absolute;z-index:2;pointer-events:none;background:#1b1b1b;color:#fff;padding:.25rem .5rem;
 border-radius:3px;font-size:.85rem;line-height:1.35;max-width:18rem;
 font-family:system-ui,"Helvetica Neue",Arial,sans-serif}
.ring{position:absolute;width:14px;height:14px;margin:-7px 0 0 -7px;border:2px solid #1b1b1b;
 border-radius:50%;pointer-events:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
[hidden]{display:none!important}
@media (max-width:40rem){body{padding:1.2rem .9rem 3rem}th,td{padding-right:.6rem}.key table{font-size:.86rem}
 .yes span,.no span{position:absolute;clip-path:inset(50%)}}
@media screen and (prefers-color-scheme:dark){.plot{filter:invert(.91) hue-rotate(180deg)}
 .plot.paper{filter:brightness(.86)}}
@media print{.controls,.links{display:none}}
)css";

}  // namespace symbreak::report

/** The page's own look: light and dark, on paper, and on a narrow screen. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#57606a;--paper:#fff;--card:#f6f8fa;--edge:#d0d7de;--now:#6e7781;--then:#0860ca}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9aa4af;--paper:#0d1117;--card:#161b22;--edge:#3a424c;--now:#9aa4af;--then:#6cb0ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:54rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.25;margin:.2rem 0 1rem}h2{font-size:1.25rem;margin:2.75rem 0 .5rem}h3{font-size:1rem;margin:1.75rem 0 .25rem}
p{margin:.5rem 0}.dim{color:var(--dim)}.label{font-size:.85rem;color:var(--dim)}
code{font-family:ui-monospace,monospace;font-size:.9em}
ul.changes{padding-left:1.2rem;margin:.25rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--edge);border-radius:.5rem;padding:.7rem .9rem}
.tiles b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.legend{display:flex;gap:1.5rem;margin:.25rem 0;font-size:.9rem}.legend svg{width:1.8rem;height:.8rem;vertical-align:middle;margin-right:.4rem}
.chart,.scroll{overflow-x:auto}.chart svg{display:block;width:100%;min-width:34rem;height:auto}
.grid{stroke:var(--edge);fill:none}.axis,.mark{fill:var(--dim);font-size:12px}.mark{fill:var(--ink);font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.now{stroke:var(--now);stroke-dasharray:5 4}.line.then{stroke:var(--then)}
.bar.now,.dot.now{fill:var(--now)}.bar.then,.dot.then{fill:var(--then)}
table{border-collapse:collapse;margin:.5rem 0;font-size:.92rem;min-width:60%}caption{text-align:left;color:var(--dim);padding:.25rem 0}
th,td{padding:.3rem 1rem .3rem 0;text-align:left;border-bottom:1px solid var(--edge);vertical-align:top;font-weight:400}thead th{color:var(--dim)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--then)}
:focus-visible{outline:2px solid var(--then);outline-offset:2px}
.example{border-left:3px solid var(--edge);padding:.1rem 0 .1rem 1rem;margin:1rem 0}.url{display:inline-block;min-width:13rem;overflow-wrap:anywhere}.quiet caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
footer{margin-top:3rem;border-top:1px solid var(--edge);padding-top:1rem;font-size:.9rem;color:var(--dim)}
@media print{:root{color-scheme:light;--ink:#000;--dim:#444;--paper:#fff;--card:#fff;--edge:#bbb;--now:#777;--then:#0549a0}main{max-width:none;padding:0}.chart,.example,.tiles li,tr{break-inside:avoid}h2,h3{break-after:avoid}.chart svg{min-width:0}summary{display:none}details:not([open]){display:none}}
`.trim();

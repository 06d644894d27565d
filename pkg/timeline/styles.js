// The style of the element, in a sheet that its copies share. Must need no `<style>`: strict policies forbid it.

const LIGHT = "--bg:#fff;--raised:#f6f7f9;--text:#1c2128;--soft:#57606a;--line:#dde1e6;--hover:#f0f3f8;--chosen:#e3edfd;--run:#2f6bd8;--answer:#a9c6f7;--wait:#8f5200;--bad:#c02636;--off:#57606a22";
const DARK = "--bg:#15181d;--raised:#1d2127;--text:#e4e7eb;--soft:#9aa5b1;--line:#2e343d;--hover:#20262e;--chosen:#1d3152;--run:#6ba1ff;--answer:#2f4f86;--wait:#e2a650;--bad:#ff7b80;--off:#9aa5b128";

const CSS = `
:host{${LIGHT};color-scheme:light;display:flex;flex-direction:column;height:360px;min-width:0;overflow:hidden;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);font:12px/16px system-ui,sans-serif;font-variant-numeric:tabular-nums;text-align:left;letter-spacing:normal;text-transform:none;direction:ltr}
@media (prefers-color-scheme:dark){:host(:not([theme=light])){${DARK};color-scheme:dark}}
:host([theme=dark]){${DARK};color-scheme:dark}
:host([hidden]),[hidden]{display:none!important}
:host([docked]){position:fixed;inset:auto 0 0;z-index:2147483647;height:min(44vh,420px);border-width:1px 0 0;border-radius:0;box-shadow:0 -2px 16px #0004}
:host([docked][collapsed]){inset:auto 12px 12px auto;height:auto;border-width:1px;border-radius:8px}
:host([docked][collapsed]) .main,:host([docked][collapsed]) footer{display:none}
*{box-sizing:border-box;margin:0}
button,input,select{height:26px;min-width:26px;padding:0 8px;border:1px solid var(--line);border-radius:5px;background:var(--bg);color:inherit;font:inherit}
button{cursor:pointer}
button:hover,select:hover{background:var(--hover)}
button.on,button[aria-pressed=true]{border-color:var(--run);color:var(--run)}
:focus-visible{outline:2px solid var(--run);outline-offset:-2px}
.tools{display:flex;flex-wrap:wrap;gap:6px 12px;padding:6px 8px;background:var(--raised);border-bottom:1px solid var(--line)}
.tools>span{display:flex;gap:4px}
.filters{flex:1 1 220px;min-width:0}
input{flex:1 1 100px;min-width:60px;max-width:240px}
select{max-width:130px}
.main{flex:1;min-height:0;display:flex}
.list{flex:1;min-width:0;min-height:0;position:relative;display:flex}
.grid{flex:1;min-width:0;overflow:hidden auto;touch-action:pan-y pinch-zoom;scrollbar-width:thin}
.row{display:grid;grid-template-columns:minmax(120px,24%) 116px 62px 62px 1fr;height:28px;align-items:center}
.body{position:relative}
.body .row{position:absolute;inset:0 0 auto;cursor:pointer;contain:strict}
.row>span{padding:0 8px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.c1,.c2,.c3{color:var(--soft)}
.c2,.c3{text-align:right}
.head{position:sticky;top:0;z-index:2;background:var(--raised);border-bottom:1px solid var(--line);color:var(--soft)}
.row>.chart{position:relative;height:100%;padding:0;overflow:hidden}
.axis i{position:absolute;top:6px;padding-left:4px;font-style:normal}
.lines{position:absolute;top:0;bottom:0;overflow:hidden;pointer-events:none}
.lines i{position:absolute;top:0;bottom:0;border-left:1px solid var(--line)}
.lines b{position:absolute;top:0;bottom:0;padding:2px 4px;overflow:hidden;background:var(--off);color:var(--soft);font-weight:400}
.call:hover{background:var(--hover)}
.call .c0{padding-left:24px}
.lane{font-weight:600;box-shadow:inset 0 -1px var(--line)}
.lane .c0::before{content:"▾";display:inline-block;width:16px;color:var(--soft)}
.lane[aria-expanded=false] .c0::before{content:"▸"}
.lane .c1{font-weight:400}
[data-cause]{background:var(--hover)}
.row[aria-selected=true]{background:var(--chosen)}
.grid:focus-visible [data-active]{outline:2px solid var(--run);outline-offset:-2px}
[data-tone=failed] .c1,[data-tone=failed] h2{color:var(--bad)}
[data-tone=waiting] .c1{color:var(--wait)}
[data-tone=running] .c1{color:var(--run)}
[data-tone=needless]{color:var(--soft)}
[data-kind]{position:absolute;top:50%;height:12px;margin-top:-6px;border:1px solid var(--run);border-radius:2px;background:var(--run)}
.lane [data-kind]{height:6px;margin-top:-3px;border-radius:1px}
[data-kind=wait],[data-kind=pause]{border-color:var(--wait);background:repeating-linear-gradient(135deg,var(--wait) 0 1.5px,transparent 1.5px 5px) var(--bg)}
[data-kind=pause]{border-style:dashed}
.lane [data-kind=wait]{background:var(--bg)}
[data-kind=answer]{background:var(--answer)}
[data-kind=shared]{background:var(--bg)}
[data-kind=failed]{border-color:var(--bad);background:var(--bad)}
[data-tone=needless] [data-kind]{opacity:.6}
.chart em{position:absolute;top:50%;margin-top:-8px;color:var(--soft);font-style:normal;white-space:nowrap}
.chart em[data-over]{z-index:1;padding:0 4px;border-radius:3px;background:var(--bg)}
.empty{position:absolute;inset:64px 16px auto;color:var(--soft);text-align:center;pointer-events:none}
.details{width:300px;display:flex;flex-direction:column;border-left:1px solid var(--line);background:var(--raised)}
.details header{display:flex;align-items:center;gap:8px;padding:6px 8px 6px 12px}
.details header button{border:0;background:0 0}
.scroll{flex:1;min-height:0;padding:0 12px 12px;overflow:auto}
h2{flex:1;min-width:0;overflow-wrap:anywhere;font-size:13px;font-weight:600}
h3{margin:10px 0 2px;font-size:12px;font-weight:600}
.scroll p,dt{color:var(--soft)}
dl div{display:flex;gap:8px;padding:2px 0}
dt{flex:0 0 96px}
dd{flex:1;min-width:0;overflow-wrap:anywhere}
code{font:11px/16px ui-monospace,monospace}
.link{height:auto;padding:0;border:0;background:0 0;color:var(--run);text-decoration:underline}
footer{display:flex;flex-wrap:wrap;gap:2px 16px;padding:4px 12px;border-top:1px solid var(--line);background:var(--raised);color:var(--soft)}
.legend{display:flex;gap:12px;margin-left:auto}
.legend span{display:flex;align-items:center;gap:5px}
.legend i{position:static;width:16px;height:10px;margin:0}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
[data-narrow] .row{grid:18px 22px/minmax(0,1fr) auto auto auto;align-content:center;height:46px}
[data-narrow] .head{height:24px;grid:24px/1fr}
[data-narrow] .head span:not(.axis){position:absolute;width:1px;height:1px;padding:0;clip-path:inset(50%)}
[data-narrow] .row>span{padding:0 10px 0 0}
[data-narrow] .row>.c0{padding-left:10px}
[data-narrow] .row>.chart{grid-column:1/-1;margin:0 10px;padding:0}
[data-narrow] .axis i{top:4px}
[data-narrow] .lines i{opacity:.5}
[data-narrow] .row>.c2{color:var(--wait)}
[data-narrow] .lane>.c2,[data-narrow] .lane>.c3{padding:0}
[data-stacked]{flex-direction:column}
[data-stacked] .details{width:auto;max-height:60%;border:0;border-top:1px solid var(--line)}
@media (forced-colors:active){[data-kind],.row[aria-selected=true]{forced-color-adjust:none}}
`;

let made;

export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}

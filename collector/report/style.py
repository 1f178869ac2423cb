"""How a page looks: light or dark as the reader's system is, within whatever page it stands in."""

STYLE = """
.strobe { --text: #1d2026; --faint: #5d6470; --line: #d5d8de; --ground: #ffffff; --card: #f5f6f8; --curve: #2f6bc0;
  --critical: #c4342b; --warning: #a87400; --note: #5d6470; --good: #21834a; --odd: #c000c0; --plus: #d1483f;
  --minus: #2f6bc0; color: var(--text); background: var(--ground); font: 14px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { .strobe { --text: #e4e7eb; --faint: #a3a9b4; --line: #3f4249; --ground: #17181c;
  --card: #202228; --curve: #7fa7e6; --critical: #f2645a; --warning: #e8b93c; --note: #a3a9b4; --good: #43c478;
  --odd: #ff4dff; --plus: #f2645a; --minus: #6f9fe8; } }
.strobe h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
.strobe h2 { font-size: 17px; margin: 32px 0 10px; }
.strobe h3 { font-size: 15px; line-height: 1.4; margin: 0 0 6px; overflow-wrap: anywhere; }
.strobe p { margin: 4px 0; max-width: 75ch; overflow-wrap: anywhere; }
.strobe ul { margin: 4px 0 8px; padding-left: 20px; }
.strobe .faint { color: var(--faint); }
.strobe .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 12px; }
.strobe .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
.strobe .finding { border-left: 4px solid var(--note); margin-bottom: 12px; display: grid; gap: 8px 24px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.strobe .verdict { margin-bottom: 12px; }
.strobe .critical { border-left-color: var(--critical); }
.strobe .warning { border-left-color: var(--warning); }
.strobe b.critical { color: var(--critical); }
.strobe b.warning { color: var(--warning); }
.strobe b.note { color: var(--note); }
.strobe .good { color: var(--good); }
.strobe svg { display: block; max-width: 100%; }
.strobe .card svg, .strobe .cards svg { width: 100%; height: auto; }
.strobe svg text { fill: var(--faint); font: 11px system-ui, sans-serif; }
.strobe svg .title { fill: var(--text); font-weight: 600; }
.strobe .curve { fill: none; stroke: var(--curve); stroke-width: 1.5; stroke-linejoin: round; }
.strobe .dot { fill: var(--curve); }
.strobe .frame { stroke: var(--line); }
.strobe .odd { stroke: var(--odd); stroke-width: 1.5; fill: none; }
.strobe rect { shape-rendering: crispEdges; }
.strobe .cell-odd { fill: var(--odd); }
.strobe .plus { fill: var(--plus); }
.strobe .minus { fill: var(--minus); }
.strobe .mark { stroke-width: 1.25; stroke-dasharray: 4 3; stroke: var(--note); }
.strobe .mark.critical { stroke: var(--critical); }
.strobe .mark.warning { stroke: var(--warning); }
.strobe .scroll { overflow-x: auto; }
.strobe table { border-collapse: collapse; font-variant-numeric: tabular-nums; color: inherit; }
.strobe th, .strobe td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line);
  background: none; }
.strobe th { color: var(--faint); font-weight: 500; }
.strobe td.number, .strobe th.number { text-align: right; }
.strobe summary { cursor: pointer; }
"""

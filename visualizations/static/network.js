"use strict";
/* The network page: one state, drawn by `paint`, kept in the fragment. Text reaches the page as text nodes only. */
(function () {
  const byId = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(byId(id).textContent);
  const NODES = read("nodes"), EDGES = read("edges"), MORE = read("more");
  const OPTIONS = JSON.parse(read("options"));
  const KINDS = MORE.kinds, WORDS = MORE.words, LANG = MORE.lang;
  const REFS = [...document.querySelectorAll(".references > li")];  // the page's own list of sources, in order
  const main = LANG === "ru" ? 1 : 0;
  const isOfficial = (n) => KINDS[n.kind].group === "official";
  const thingIndex = new Map(NODES.map((n) => [n.thing, n.id]));
  const paths = new Map(Object.entries(KINDS).map(([k, v]) => [k, new Path2D(v.path)]));
  const links = NODES.map(() => []);
  const bends = new Map();
  for (const e of EDGES) {
    links[e.from].push(e);
    links[e.to].push(e);
    if (e.smooth) bends.set(e.id, e.smooth.roundness);
  }
  const far = (e, id) => (e.from === id ? e.to : e.from);
  const hasMatters = NODES.some((n) => n.kind === "matter");
  const hasOfficials = NODES.some(isOfficial);

  // ---- words
  const say = (key, values) => (WORDS[key] === undefined ? key : WORDS[key]).replace(/\{(\w+)\}/g, (all, name) => (values && name in values ? String(values[name]) : all));
  const plain = (token) => String(token || "").replace(/_/g, " ");
  const label = (what, token) => (token ? (MORE.labels[what] && MORE.labels[what][token]) || plain(token) : "");
  const names = (n) => (n.d.n ? n.d.n : ["", ""]);
  const nameOf = (n) => names(n)[main] || names(n)[1 - main] || say("unnamed");
  const otherName = (n) => { const both = names(n); return both[0] && both[1] && both[0] !== both[1] ? both[1 - main] : ""; };
  const collator = new Intl.Collator(LANG);
  const byName = (a, b) => collator.compare(nameOf(a), nameOf(b));
  const pick2 = (number) => { const both = MORE.names[number]; return both ? both[main] || both[1 - main] || "" : ""; };
  const term = (months) => {
    const y = Math.floor(months / 12), m = months % 12, unit = LANG === "ru" ? ["л.", "мес."] : ["y", "m"];
    return [y ? y + " " + unit[0] : "", m ? m + " " + unit[1] : ""].filter(Boolean).join(" ");
  };

  // ---- elements
  const SVG = "http://www.w3.org/2000/svg";
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "on") for (const [name, act] of Object.entries(value)) node.addEventListener(name, act);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
    return node;
  }
  function glyph(kind, listed) {
    const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
    for (const [k, v] of Object.entries({ class: "glyph", width: 14, height: 14, viewBox: "-13 -13 26 26", "aria-hidden": "true" })) svg.setAttribute(k, v);
    path.setAttribute("d", KINDS[kind].path);
    path.setAttribute("class", "m-" + kind);
    if (listed) { path.setAttribute("stroke", "currentColor"); path.setAttribute("stroke-width", "2.6"); path.setAttribute("stroke-linejoin", "round"); }
    svg.append(path);
    return svg;
  }
  const safe = (url) => (/^https?:\/\//i.test(url) ? url : null);
  const outside = (url, text) => (safe(url) ? el("a", { href: url, rel: "noopener noreferrer" }, text) : text);

  // ---- state
  const START = { kinds: Object.keys(KINDS).filter((k) => KINDS[k].on), least: MORE.min, weight: MORE.weight, from: null, to: null, place: "", state: "", view: "graph", open: null };
  const controls = { least: byId("least"), weight: byId("weight"), from: byId("from"), to: byId("to"), place: byId("place"), state: byId("state") };
  const years = controls.from ? [Number(controls.from.min), Number(controls.from.max)] : null;
  const state = fromFragment();
  function fresh() { return { ...START, kinds: new Set(START.kinds), from: years && years[0], to: years && years[1] }; }
  function bounded(text, control, otherwise) {
    const value = Number(text);
    return control && text !== null && text !== "" && Number.isFinite(value) ? Math.min(Math.max(Math.round(value), Number(control.min)), Number(control.max)) : otherwise;
  }
  function fromFragment() {
    const out = fresh(), asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("show")) out.kinds = new Set(asked.get("show").split(".").filter((k) => k in KINDS));
    for (const key of ["least", "weight", "from", "to"]) out[key] = bounded(asked.get(key), controls[key], out[key]);
    for (const key of ["place", "state"]) {
      const wanted = asked.get(key);
      if (wanted && controls[key] && [...controls[key].options].some((o) => o.value === wanted)) out[key] = wanted;
    }
    if (asked.get("view") === "table") out.view = "table";
    if (asked.has("open")) out.open = known("n", asked.get("open"));
    else if (asked.has("link")) out.open = known("e", asked.get("link"));
    else if (MORE.focus.length === 1) out.open = { node: MORE.focus[0] };
    return out;
  }
  function known(what, text) {
    if (what === "n") return thingIndex.has(text) ? { node: thingIndex.get(text) } : null;
    return /^\d+$/.test(text) && EDGES[Number(text)] ? { edge: Number(text) } : null;
  }
  function keep() {
    const out = new URLSearchParams(), at = new URLSearchParams(location.hash.slice(1)), first = fresh();
    const kinds = Object.keys(KINDS).filter((k) => state.kinds.has(k));
    if (kinds.join() !== START.kinds.join()) out.set("show", kinds.join("."));
    for (const key of ["least", "weight", "from", "to", "place", "state", "view"]) if (state[key] !== first[key]) out.set(key, state[key]);
    if (state.open && state.open.node !== undefined) out.set("open", NODES[state.open.node].thing);
    if (state.open && state.open.edge !== undefined) out.set("link", state.open.edge);
    if (at.has("theme")) out.set("theme", at.get("theme"));
    const text = out.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  // ---- what is seen
  const hidden = new Uint8Array(NODES.length);
  const listingState = (n) => {
    const states = (n.d.s || []).map((s) => s[2]);
    return states.includes("listed") ? "listed" : states.includes("not_found") ? "not_found" : "not_looked";
  };
  function inYears(n) {
    if (!years || !n.d.y || !n.d.y.length || (state.from === years[0] && state.to === years[1])) return true;
    return n.d.y[0] <= state.to && n.d.y[1] >= state.from;
  }
  function choose() {
    const seen = new Uint8Array(NODES.length), focus = new Set(MORE.focus);
    const wanted = (n) => state.kinds.has(n.kind);
    const official = (n) => isOfficial(n) && wanted(n) && (n.d.m || 0) >= state.least && (!state.state || listingState(n) === state.state) && (hasMatters || (inYears(n) && inPlace(n)));
    const inPlace = (n) => !state.place || (n.d.p || []).includes(state.place);
    if (!hasOfficials) { for (const n of NODES) seen[n.id] = wanted(n) && inYears(n) && inPlace(n) ? 1 : 0; }
    else if (!hasMatters) {
      for (const n of NODES) seen[n.id] = official(n) && (state.weight <= 1 || links[n.id].some((e) => (e.w || 1) >= state.weight)) ? 1 : 0;
    } else {
      const matters = NODES.filter((n) => n.kind === "matter" && wanted(n) && inYears(n) && inPlace(n));
      for (const n of matters) seen[n.id] = links[n.id].some((e) => official(NODES[far(e, n.id)])) || focus.has(n.id) || (!n.later && state.least <= 1 && !state.state) ? 1 : 0;
      const narrowed = state.place || (years && (state.from !== years[0] || state.to !== years[1]));
      for (const n of NODES) if (official(n) && (focus.has(n.id) || !narrowed || links[n.id].some((e) => seen[far(e, n.id)]) )) seen[n.id] = 1;
      for (const kind of ["defendant", "court"])
        for (const n of NODES) if (n.kind === kind && wanted(n)) seen[n.id] = focus.has(n.id) || links[n.id].some((e) => seen[far(e, n.id)] || NODES[far(e, n.id)].kind === "exchange" && wanted(NODES[far(e, n.id)]) && !NODES[far(e, n.id)].later) ? 1 : 0;
      for (const n of NODES) if (n.kind === "exchange" && wanted(n)) seen[n.id] = focus.has(n.id) || links[n.id].some((e) => seen[far(e, n.id)]) ? 1 : 0;
    }
    const asked = state.open && state.open.node !== undefined ? NODES[state.open.node] : null;
    if (asked && hasMatters && (isOfficial(asked) || asked.kind === "matter")) {  // whom one asks for is shown with all he met, also below the cut
      const own = asked.kind === "matter" ? [asked.id] : links[asked.id].map((e) => far(e, asked.id)).filter((id) => NODES[id].kind === "matter" && wanted(NODES[id]));
      seen[asked.id] = 1;
      for (const m of own) { seen[m] = 1; for (const e of links[m]) { const o = NODES[far(e, m)]; if (isOfficial(o) && wanted(o)) seen[o.id] = 1; } }
    }
    return seen;
  }
  const visible = (id) => !hidden[id];
  const edgeSeen = (e) => visible(e.from) && visible(e.to) && (e.w || 1) >= (hasMatters ? 1 : state.weight);

  // ---- the picture
  let ink, paper, wire, colours;
  function theme() {
    const css = getComputedStyle(document.documentElement), value = (name) => css.getPropertyValue(name).trim();
    [ink, paper, wire] = [value("--ink"), value("--paper"), value("--edge")];
    colours = Object.fromEntries(Object.keys(KINDS).map((k) => [k, value("--m-" + k)]));
  }
  theme();
  function drawMark(ctx, n, x, y, alpha) {
    const scale = n.size / 10;
    ctx.save();
    ctx.globalAlpha *= alpha === undefined ? 1 : alpha;
    ctx.translate(x, y);
    ctx.scale(scale, scale);
    ctx.fillStyle = colours[n.kind];
    ctx.fill(paths.get(n.kind));
    if (n.listed || n.id === cursor || (state.open && state.open.node === n.id)) {
      ctx.lineJoin = "round";
      ctx.lineWidth = (n.id === cursor || (state.open && state.open.node === n.id) ? 4 : 2.5) / scale;
      ctx.strokeStyle = ink;
      ctx.stroke(paths.get(n.kind));
    }
    ctx.restore();
  }
  const renderer = (n) => ({ ctx, x, y }) => ({ drawNode() { drawMark(ctx, n, x, y); }, nodeDimensions: { width: 2 * n.size, height: 2 * n.size } });
  let cursor = null;
  const seenFirst = choose();
  seenFirst.forEach((on, i) => { hidden[i] = on ? 0 : 1; });
  // the library is given what is seen and no more: what is hidden costs it nothing
  const asNode = (n) => ({ id: n.id, x: n.x, y: n.y, shape: "custom", size: n.size, ctxRenderer: renderer(n) });
  const nodeSet = new vis.DataSet(NODES.filter((n) => !hidden[n.id]).map(asNode));
  // Links are drawn and found by us: the library makes a rich object of each, which takes ten times as long
  const box = byId("graph");
  let opening = null;
  function together() {  // whoever recurs most, with all who are linked with him: what a narrow screen opens with
    const most = NODES.filter((n) => visible(n.id)).sort((a, b) => (isOfficial(b) ? b.d.m || 0 : 0) - (isOfficial(a) ? a.d.m || 0 : 0) || a.id - b.id)[0];
    const out = new Set(most ? [most.id] : []);
    for (const id of out) for (const e of links[id]) if (edgeSeen(e)) out.add(far(e, id));
    return out;
  }
  if (matchMedia("(max-width: 900px)").matches) {
    document.querySelector("#filters details").open = false;
    if (!state.open) opening = together();
    const seen = [...(opening || [])].map((id) => NODES[id]), side = (axis) => Math.max(...seen.map((n) => n[axis])) - Math.min(...seen.map((n) => n[axis])) + 120;
    // a broad picture needs no high window; set before the library measures it
    if (seen.length) byId("content").style.setProperty("--high", Math.round(box.clientWidth * side("y") / side("x") + 150) + "px");
  }
  const network = new vis.Network(box, { nodes: nodeSet, edges: new vis.DataSet() }, { ...OPTIONS, nodes: { ...OPTIONS.nodes, chosen: false } });
  const canvas = box.querySelector("canvas");
  canvas.setAttribute("aria-hidden", "true");
  for (const part of box.querySelectorAll("[tabindex]")) part.setAttribute("tabindex", "-1");

  function near() {
    if (!state.open) return null;
    if (state.open.edge !== undefined) { const e = EDGES[state.open.edge]; return new Set([e.from, e.to]); }
    const id = state.open.node, out = new Set([id]);
    for (const e of links[id]) if (edgeSeen(e)) out.add(far(e, id));
    // an official with all met in the same matters; a defendant or court with the matters' officials; a deal with both
    const steps = !hasMatters || NODES[id].kind === "matter" ? 0 : NODES[id].kind === "exchange" ? 2 : 1;
    for (let step = 0; step < steps; step += 1) for (const m of [...out]) if (m !== id && !isOfficial(NODES[m])) for (const e of links[m]) if (edgeSeen(e)) out.add(far(e, m));
    return out;
  }
  // ---- links
  let drawnEdges = null, moving = false;
  const seenEdges = () => (drawnEdges = drawnEdges || EDGES.filter(edgeSeen).sort((a, b) => strength(a) - strength(b) || a.id - b.id));
  const strength = (e) => (e.w > 1 ? Math.min(Math.round((1 + Math.sqrt(e.w) * 0.7) * 2) / 2, 6) : 1.1);
  const MOST_MOVING = 15000, PIECE = 60;  // one path with thousands of translucent strokes is drawn at one frame a second
  function trace(ctx, e) {
    const a = NODES[e.from], b = NODES[e.to], bend = bends.get(e.id) || 0;
    ctx.moveTo(a.x, a.y);
    if (bend) ctx.quadraticCurveTo((a.x + b.x) / 2 - (b.y - a.y) * bend, (a.y + b.y) / 2 + (b.x - a.x) * bend, b.x, b.y);
    else ctx.lineTo(b.x, b.y);
  }
  network.on("beforeDrawing", (ctx) => {
    const low = network.DOMtoCanvas({ x: 0, y: 0 }), high = network.DOMtoCanvas({ x: canvas.clientWidth, y: canvas.clientHeight });
    const all = seenEdges(), thin = (all.length > 3000 ? 0.3 : 0.9) / network.getScale(), some = moving && all.length > MOST_MOVING ? all.slice(-MOST_MOVING) : all;
    ctx.save();
    ctx.globalAlpha = 0.7;
    ctx.strokeStyle = wire;
    let width = 0, dashed = null, count = 0;
    for (const e of some) {
      const a = NODES[e.from], b = NODES[e.to];
      if (Math.max(a.x, b.x) < low.x || Math.min(a.x, b.x) > high.x || Math.max(a.y, b.y) < low.y || Math.min(a.y, b.y) > high.y) continue;
      const wide = strength(e), dash = Boolean(e.dashes);
      if (wide !== width || dash !== dashed || count === PIECE) {
        if (count) ctx.stroke();
        if (dash !== dashed) ctx.setLineDash(e.dashes || []);
        ctx.lineWidth = Math.max(wide, thin);
        [width, dashed, count] = [wide, dash, 0];
        ctx.beginPath();
      }
      trace(ctx, e);
      count += 1;
    }
    if (count) ctx.stroke();
    ctx.restore();
  });
  function apart(e, p) {  // how far a point is from a link
    const a = NODES[e.from], b = NODES[e.to], bend = bends.get(e.id) || 0;
    const c = { x: (a.x + b.x) / 2 - (b.y - a.y) * bend, y: (a.y + b.y) / 2 + (b.x - a.x) * bend };
    let least = Infinity, from = a;
    for (let step = 1, steps = bend ? 12 : 1; step <= steps; step += 1) {
      const s = step / steps, to = bend ? { x: (1 - s) ** 2 * a.x + 2 * s * (1 - s) * c.x + s * s * b.x, y: (1 - s) ** 2 * a.y + 2 * s * (1 - s) * c.y + s * s * b.y } : b;
      const dx = to.x - from.x, dy = to.y - from.y, along = Math.min(Math.max(((p.x - from.x) * dx + (p.y - from.y) * dy) / (dx * dx + dy * dy || 1), 0), 1);
      least = Math.min(least, Math.hypot(p.x - from.x - along * dx, p.y - from.y - along * dy));
      from = to;
    }
    return least;
  }
  function edgeAt(spot) {  // the nearest link within a finger's breadth of a place on the canvas, none where a mark is
    const p = network.DOMtoCanvas(spot), reach = 7 / network.getScale();
    let best = null, least = reach;
    for (const e of seenEdges()) {
      const a = NODES[e.from], b = NODES[e.to];
      if (!bends.has(e.id) && (Math.max(a.x, b.x) < p.x - reach || Math.min(a.x, b.x) > p.x + reach || Math.max(a.y, b.y) < p.y - reach || Math.min(a.y, b.y) > p.y + reach)) continue;
      const far = apart(e, p);
      if (far < least) [best, least] = [e, far];
    }
    return best;
  }
  let around = null;
  const widths = new Map();
  const byWeight = [...NODES].sort((a, b) => rank(b) - rank(a) || b.size - a.size || a.id - b.id);
  function rank(n) { return (n.later ? 0 : 4) + (isOfficial(n) || n.kind === "exchange" ? 2 : n.kind === "court" ? 1 : 0); }
  function labels(width, height, put) {
    const taken = [[width - 62, height - 150, width, height]], solid = [], scale = network.getScale(), first = state.open && state.open.node !== undefined ? [NODES[state.open.node]] : [];
    const order = around ? [...first, ...byWeight.filter((n) => around.has(n.id) && n !== first[0])] : byWeight;
    let drawn = 0;
    const shown = order.filter((n) => !hidden[n.id]);
    if (shown.length <= 300) for (const n of shown) {  // a label must not lie on a mark
      const at = network.canvasToDOM({ x: n.x, y: n.y }), r = n.size * scale * 0.8;
      solid.push([at.x - r, at.y - r, at.x + r, at.y + r]);
    }
    for (const n of order) {
      if (drawn > 220) break;
      if (hidden[n.id] || !n.label) continue;
      const big = isOfficial(n) || n.kind === "exchange";
      if (!big && !around && scale < 0.55) continue;
      const at = network.canvasToDOM({ x: n.x, y: n.y }), opened = first[0] === n;
      if (at.x < -60 || at.y < -20 || at.x > width + 60 || at.y > height) continue;
      const size = opened ? 14 : big ? 12.5 : 11, strong = opened || (big && n.d.m >= 3);
      const wide = put.measure(n.label, size, strong), top = at.y + n.size * scale + 3;
      const gap = n.size * scale + 5, high = size * 1.2;  // below, above, to the right, to the left: the first place that is free
      const places = [[at.x, top], [at.x, at.y - gap - high + 2], [at.x + gap + wide / 2, at.y - high / 2], [at.x - gap - wide / 2, at.y - high / 2]];
      const hits = (room, others) => others.some((t) => room[0] < t[2] && t[0] < room[2] && room[1] < t[3] && t[1] < room[3]);
      const tries = (big ? places : places.slice(0, 2)).map(([x, y]) => {
        const inside = Math.min(Math.max(x, wide / 2 + 4), Math.max(width - wide / 2 - 4, wide / 2 + 4));
        return [inside, y, [inside - wide / 2 - 3, y, inside + wide / 2 + 3, y + high]];
      }).filter((t) => !hits(t[2], taken));
      // rather on a mark than not at all, for those who recur most
      const best = tries.find((t) => !hits(t[2], solid)) || (big && (strong || opened) ? tries[0] : null);
      if (!best) continue;
      taken.push(best[2]);
      drawn += 1;
      put.text(n, best[0], best[1], size, strong, big);
    }
  }
  network.on("afterDrawing", (ctx) => {
    const ratio = ctx.getTransform().a / network.getScale() || window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (around) {  // the rest is dimmed by a veil of paper, and what belongs to the choice is drawn again above it
      ctx.save();
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.globalAlpha = 0.84;
      ctx.fillStyle = paper;
      ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      ctx.restore();
      ctx.save();
      for (const id of around) for (const e of links[id]) if (e.from === id && around.has(e.to) && edgeSeen(e)) stroke(ctx, e);
      ctx.restore();
      for (const id of around) if (!hidden[id]) drawMark(ctx, NODES[id], NODES[id].x, NODES[id].y);
    }
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.lineJoin = "round";
    const font = (size, strong) => `${strong ? "600 " : ""}${size}px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif`;
    labels(width, height, {
      measure(text, size, strong) {
        const key = size + (strong ? "b" : "") + text;
        if (!widths.has(key)) { ctx.font = font(size, strong); widths.set(key, ctx.measureText(text).width); }
        return widths.get(key);
      },
      text(n, x, y, size, strong, big) {
        ctx.font = font(size, strong);
        ctx.lineWidth = 3.5;
        ctx.strokeStyle = paper;
        ctx.globalAlpha = 0.95;
        ctx.strokeText(n.label, x, y);
        ctx.globalAlpha = big ? 1 : 0.72;
        ctx.fillStyle = ink;
        ctx.fillText(n.label, x, y);
      }
    });
    ctx.restore();
  });
  function stroke(ctx, e) {
    const own = state.open && (state.open.edge === e.id || state.open.node === e.from || state.open.node === e.to);
    ctx.beginPath();
    ctx.setLineDash(e.dashes || []);
    ctx.lineWidth = Math.max(own ? 2 : 1.1, strength(e));
    ctx.strokeStyle = own ? ink : wire;
    trace(ctx, e);
    ctx.stroke();
  }

  function paint(quiet) {
    const seen = choose(), nodes = [[], []];  // those that come, those that go
    for (const n of NODES) { const off = seen[n.id] ? 0 : 1; if (off !== hidden[n.id]) { hidden[n.id] = off; nodes[off].push(n); } }
    if (nodes[1].length) nodeSet.remove(nodes[1].map((n) => n.id));
    if (nodes[0].length) nodeSet.add(nodes[0].map(asNode));
    drawnEdges = null;
    around = near();
    counts();
    if (!quiet) network.redraw();
  }
  function counts() {
    const shown = NODES.filter((n) => visible(n.id));
    byId("count").textContent = say(hasMatters || !hasOfficials ? "summary" : "summary_pairs", { shown: shown.length, all: NODES.length, links: EDGES.filter(edgeSeen).length, officials: shown.filter(isOfficial).length, matters: shown.filter((n) => n.kind === "matter").length });
  }

  // ---- the panel
  const panel = byId("panel");
  const PROOFS = MORE.proofs;
  function evidenceList(number, status) {
    const evidence = PROOFS[number || 0];
    if (!evidence.length) return el("ul", { class: "evidence" }, el("li", {}, say("no_sources")));
    return el("ul", { class: "evidence" }, ...evidence.map(([ref, locator, quote, archive]) => {
      const item = el("li", {}, ...[...REFS[ref].childNodes].map((part) => part.cloneNode(true))), kept = item.querySelector(".copy");
      const copy = safe(archive) ? el("span", {}, " · ", outside(archive, say("archived"))) : kept || "";
      if (kept) kept.remove();
      item.append(...[locator ? " · " + locator : "", quote ? el("q", {}, quote) : "", copy, status ? el("small", { class: "mark-status" }, status) : ""].filter(Boolean));
      return item;
    }));
  }
  const address = (ref) => { const a = REFS[ref].querySelector("a:not(.copy a)"); return a ? a.getAttribute("href") : REFS[ref].firstElementChild.textContent; };
  function value(text, evidence, status) {
    if (!evidence) return el("span", {}, text);
    const button = el("button", { class: "value", type: "button", "aria-expanded": "false" }, text);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      const at = button.closest("dd") || button.parentElement;
      if (open) { const list = at.querySelector(":scope > .evidence"); if (list) list.remove(); } else at.append(evidenceList(evidence, status));
    });
    return button;
  }
  const fact = (name, ...content) => el("div", { class: "fact" }, el("dt", {}, name), el("dd", {}, ...content));
  const head = (text) => el("h3", {}, text);
  const opener = (id, text) => el("button", { class: "link", type: "button", on: { click: () => open({ node: id }, true) } }, text || nameOf(NODES[id]));
  function line(kind, listed, content, right) {
    return el("li", {}, el("div", { class: "line" }, glyph(kind, listed), content, right ? el("small", {}, ...[].concat(right)) : ""));
  }
  function bar(count, most) {
    const out = el("span", { class: "bar" });
    out.style.width = Math.max(3, Math.round((count / most) * 54)) + "px";
    return out;
  }
  const partnersKept = new Map();
  function partners(id) {  // officials met, with the number of matters in which both count
    if (partnersKept.has(id)) return partnersKept.get(id);
    const met = new Map();
    if (hasMatters) {
      for (const m of new Set(links[id].filter((e) => !e.dashes).map((e) => far(e, id)))) {
        if (NODES[m].kind !== "matter") continue;
        for (const o of new Set(links[m].filter((e) => !e.dashes).map((e) => far(e, m)))) if (o !== id && isOfficial(NODES[o])) met.set(o, (met.get(o) || 0) + 1);
      }
    } else for (const e of links[id]) if (isOfficial(NODES[far(e, id)])) met.set(far(e, id), (met.get(far(e, id)) || 0) + (e.w || 1));
    const out = [...met].sort((a, b) => b[1] - a[1] || byName(NODES[a[0]], NODES[b[0]]));
    partnersKept.set(id, out);
    return out;
  }
  const chances = new Map(MORE.chance.map((c) => [c[0] + " " + c[1], c]));
  function chance(a, b) {
    const found = chances.get(a + " " + b) || chances.get(b + " " + a);
    if (!found) return "";
    const round = (v) => (v >= 10 ? v.toFixed(0) : v >= 0.095 ? v.toFixed(1) : v.toPrecision(1));
    const values = { expected: round(found[3]), ratio: found[4] === null ? "–" : round(found[4]), q: found[5] === null ? "" : found[5].toPrecision(2) };
    return say(found[5] === null ? "chance" : "chance_q", values);
  }
  function overview() {
    const officials = NODES.filter((n) => isOfficial(n) && visible(n.id)).sort((a, b) => (b.d.m || 0) - (a.d.m || 0) || byName(a, b));
    const top = officials.slice(0, 10), most = top.length ? top[0].d.m || 1 : 1;
    const out = [head(say("details")), el("p", { class: "note" }, say("details_hint"))];
    if (top.length) out.push(head(say("most_frequent")), el("ul", { class: "list" }, ...top.map((n) => line(n.kind, n.listed, opener(n.id), [bar(n.d.m || 1, most), String(n.d.m || 1)]))));
    const pairs = [];
    if (hasMatters) { for (const n of officials) for (const [o, count] of partners(n.id)) { if (o > n.id && count > 1 && visible(o)) pairs.push([n.id, o, count]); } }
    else for (const e of EDGES) if ((e.w || 1) > 1 && edgeSeen(e)) pairs.push([e.from, e.to, e.w]);
    pairs.sort((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1]);
    if (pairs.length) {
      out.push(head(say("pairs")), el("ul", { class: "list" }, ...pairs.slice(0, 8).map(([a, b, count]) => {
        const against = chance(a, b);
        return line(NODES[a].kind, NODES[a].listed, el("span", {}, opener(a, NODES[a].label), " + ", opener(b, NODES[b].label), against ? el("small", {}, " " + against) : ""), [bar(count, pairs[0][2]), String(count)]);
      })));
      if (pairs.slice(0, 8).some(([a, b]) => !chance(a, b))) out.push(el("p", { class: "note" }, say("chance_none")));
    }
    const wide = officials.filter((n) => (n.d.p || []).length > 1).slice(0, 6);
    if (wide.length) out.push(head(say("several_places")), el("ul", { class: "list" }, ...wide.map((n) => line(n.kind, n.listed, el("span", {}, opener(n.id), el("small", { class: "under" }, n.d.p.map((p) => MORE.places[p] || p).join(", ")))))));
    return out;
  }
  function listings(n) {
    const looked = n.d.s || [], known = new Set(looked.map((s) => s[1])), rest = MORE.programmes.filter((p) => !known.has(p));
    const words = (s) => { const what = s[1] ? s[1] : s[0] + " (" + say("programme_unknown") + ")"; return what + ": " + say("state." + s[2]) + (s[3] ? " " + (s[2] === "not_found" ? say("as_of_date", { date: s[3] }) : s[3]) : ""); };
    const out = [head(say("listings")), el("ul", { class: "list" }, ...looked.map((s) => el("li", {}, el("div", { class: "line" }, glyph(s[2]), el("div", {}, value(words(s), s[4])), ""))))];
    if (rest.length) out.push(el("p", { class: "note" }, say("state.not_looked") + ": " + rest.join(", ")));
    return out;
  }
  function nodePanel(id) {
    const n = NODES[id], d = n.d, out = [];
    out.push(el("p", { class: "kind" }, glyph(n.kind, n.listed), [KINDS[n.kind].label, ...Object.keys(d.r || {}).map((r) => label("role", r)).filter((r) => r !== KINDS[n.kind].label)].join(" · ")));
    out.push(el("h3", { class: "name" }, nameOf(n)), otherName(n) ? el("p", { class: "second", lang: LANG === "ru" ? "en" : "ru" }, otherName(n)) : "");
    if (isOfficial(n)) {
      const span = d.y && d.y.length ? [...new Set(d.y)].join("–") : "–";
      out.push(el("div", { class: "trio" }, ...[[d.m || 0, say("matters")], [d.c || 0, say("cases")], [span, say("years_active")]].map(([v, l]) => el("div", {}, el("b", {}, String(v)), el("span", {}, l)))));
      const b = d.b || [0, 0, 0], all = b[0] + b[1] + b[2];
      if (all) {
        const strip = el("div", { class: "balance", "aria-hidden": "true" });
        [["against", b[0]], ["for", b[1]], ["other", b[2]]].forEach(([cls, count]) => { if (count) { const part = el("i", { class: cls }); part.style.flexGrow = count; strip.append(part); } });
        out.push(strip, el("p", { class: "note" }, say("balance", { against: b[0], for: b[1], other: b[2] })));
      }
      out.push(...listings(n));
      if (d.i && d.i.length) out.push(head(say("institutions")), el("ul", { class: "list" }, ...d.i.map((i) => el("li", {}, pick2(i)))));
      const met = partners(id).slice(0, 8);
      if (met.length) out.push(head(say("works_with")), el("ul", { class: "list" }, ...met.map(([o, count]) => { const against = chance(id, o); return line(NODES[o].kind, NODES[o].listed, el("span", {}, opener(o), against ? el("small", {}, " " + against) : ""), [bar(count, met[0][1]), String(count)]); })));
      if (met.some(([o]) => !chance(id, o))) out.push(el("p", { class: "note" }, say("chance_none")));
    }
    if (d.f && d.f.length) out.push(el("dl", {}, ...d.f.map(([key, text, evidence]) => fact(say("fact." + key), value(text, evidence)))));
    const ties = [...links[id]].sort((a, b) => (first(b) > first(a) ? 1 : first(b) < first(a) ? -1 : 0) || a.id - b.id);
    if (ties.length) {
      out.push(head(isOfficial(n) ? say("acts") : say("linked")), el("p", { class: "note" }, say("press_for_sources")));
      out.push(el("ul", { class: "list" }, ...ties.slice(0, 60).map((e) => tie(e, id))));
      if (ties.length > 60) out.push(el("p", { class: "note" }, "+" + (ties.length - 60)));
    }
    if (d.e) out.push(head(say("sources")), evidenceList(d.e));
    return out;
  }
  const first = (e) => ((e.acts || []).map((a) => a.date || "").sort().reverse()[0] || "");
  function tie(e, id) {
    const o = NODES[far(e, id)];
    const dates = [...new Set((e.acts || []).map((a) => (a.date || "").slice(0, 4)).filter(Boolean))].sort();
    const role = el("button", { class: "link", type: "button", on: { click: () => open({ edge: e.id }) } }, label("role", e.kind));
    return line(o.kind, o.listed, el("span", {}, opener(o.id), el("small", {}, " · "), role, e.dashes ? el("small", { class: "mark-status" }, say("not_counted")) : ""), (e.w || 1) > 1 ? String(e.w) : dates.join(", "));
  }
  function edgePanel(id) {
    const e = EDGES[id], a = NODES[e.from], b = NODES[e.to], out = [];
    out.push(el("p", { class: "kind" }, glyph(a.kind, a.listed), glyph(b.kind, b.listed), label("role", e.kind)));
    out.push(el("h3", { class: "name" }, nameOf(a) + " — " + nameOf(b)), el("p", {}, opener(a.id), " · ", opener(b.id)));
    if ((e.w || 1) > 1) { const against = chance(a.id, b.id); out.push(el("p", { class: "note" }, say("met") + ": " + e.w + (against ? " · " + against : ""))); }
    for (const act of e.acts || []) {
      const title = act.stage ? label("stage", act.stage) : say("case_as_whole");
      const marks = [act.counts === 0 ? say("not_counted") : "", act.status ? label("status", act.status) : "", act.confidence ? say("confidence") + ": " + label("confidence", act.confidence) : ""].filter(Boolean);
      const details = [pick2(act.court), label("outcome", act.outcome), act.months ? term(act.months) : "", label("basis", act.basis === undefined ? "stated" : act.basis), act.written ? say("written_as") + " «" + act.written + "»" : ""].filter(Boolean);
      const block = el("div", { class: "act" }, el("p", {}, [act.date, title].filter(Boolean).join(" · ")), el("p", { class: "note" }, details.join(" · ")), marks.length ? el("p", {}, ...marks.map((m) => el("span", { class: "mark-status" }, m))) : "");
      block.append(evidenceList(act.e, act.status ? label("status", act.status) : ""));
      out.push(block);
    }
    if (!(e.acts || []).length) out.push(evidenceList(e.e));
    return out;
  }
  function fill() {
    const content = !state.open ? overview() : state.open.edge !== undefined ? edgePanel(state.open.edge) : nodePanel(state.open.node);
    panel.replaceChildren();
    if (state.open) panel.append(el("button", { class: "back", type: "button", on: { click: () => open(null) } }, "← " + say("back")));
    panel.append(...content.filter(Boolean));
    panel.scrollTop = 0;
  }
  function open(what, move) {
    state.open = what;
    if (what && what.node !== undefined) { reveal(NODES[what.node]); cursor = what.node; }
    document.body.dataset.open = what ? "yes" : "no";
    paint();
    fill();
    keep();
    if (what && what.node !== undefined) {
      byId("spoken").textContent = nameOf(NODES[what.node]);
      if (move && state.view === "graph") close_up();
    }
  }
  function close_up() {  // the opened thing and what it is linked with, not nearer than labels can be read
    network.fit({ nodes: [...around].filter(visible), maxZoomLevel: 1.4, animation: calm() ? false : { duration: 300, easingFunction: "easeInOutQuad" } });
  }
  function reveal(n) {  // something asked for by name is shown, whatever the filters say: the filters give way
    if (visible(n.id)) return;
    state.kinds.add(n.kind);
    if (isOfficial(n)) { state.least = Math.min(state.least, n.d.m || 1); state.state = ""; } else { state.kinds.add("matter"); state.least = 1; state.state = ""; }
    state.place = "";
    if (years) [state.from, state.to] = years;
    if (n.kind === "exchange") state.kinds.add("defendant");
    show();
  }
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---- controls
  function show() {
    for (const key of ["least", "weight", "from", "to"]) if (controls[key]) { controls[key].value = state[key]; byId(key + "-value").textContent = state[key]; }
    for (const key of ["place", "state"]) if (controls[key]) controls[key].value = state[key];
    for (const input of document.querySelectorAll("[data-kind]")) input.checked = state.kinds.has(input.dataset.kind);
    document.body.dataset.view = state.view;
    document.body.dataset.open = state.open ? "yes" : "no";
    if (state.view === "table") table();
    for (const button of document.querySelectorAll("[data-view-button]")) button.setAttribute("aria-pressed", String(button.dataset.viewButton === state.view));
  }
  function changed() { paint(); if (!state.open) fill(); keep(); }
  for (const key of ["least", "weight", "from", "to"]) if (controls[key]) controls[key].addEventListener("input", () => {
    state[key] = Number(controls[key].value);
    if (key === "from" && state.to < state.from) state.to = state.from;
    if (key === "to" && state.from > state.to) state.from = state.to;
    show();
    changed();
  });
  for (const key of ["place", "state"]) if (controls[key]) controls[key].addEventListener("change", () => { state[key] = controls[key].value; changed(); });
  for (const input of document.querySelectorAll("[data-kind]")) input.addEventListener("change", () => {
    if (input.checked) state.kinds.add(input.dataset.kind); else state.kinds.delete(input.dataset.kind);
    if (input.dataset.kind === "exchange" && input.checked) state.kinds.add("defendant");
    show();
    changed();
  });
  byId("reset").addEventListener("click", () => { const view = state.view; Object.assign(state, fresh(), { view, open: null }); show(); paint(); fill(); keep(); fit(); });
  for (const button of document.querySelectorAll("[data-view-button]")) button.addEventListener("click", () => { state.view = button.dataset.viewButton; show(); keep(); });
  let pressable = false;
  function table() {  // names in the table open the panel; made when somebody looks at the table
    if (pressable) return;
    pressable = true;
    for (const row of document.querySelectorAll("tr[data-node]")) {
      const who = row.querySelector(".who");
      const button = el("button", { class: "link", type: "button", on: { click: () => { open({ node: Number(row.dataset.node) }, true); panel.focus(); } } }, ...who.childNodes);
      who.replaceChildren(button);
    }
  }

  // ---- search
  const search = byId("search"), hits = byId("hits");
  const words = () => NODES.map((n) => fold([...names(n), n.label, ...(n.kind === "matter" ? (n.d.f || []).map((f) => f[1]) : [])].join(" ")).split(" "));
  let order = null, index = null;
  function find(text) {
    index = index || words();  // made when somebody looks for a name, not while the page opens
    const asked = fold(text).split(" ").filter(Boolean);
    if (!asked.length) return [];
    order = order || [...NODES].sort((a, b) => rank(b) - rank(a) || (b.d.m || 0) - (a.d.m || 0) || byName(a, b));
    const starts = order.filter((n) => asked.every((w) => index[n.id].some((part) => part.startsWith(w))));
    const rest = starts.length > 8 ? [] : order.filter((n) => !starts.includes(n) && asked.every((w) => w.length > 2 && index[n.id].some((part) => part.includes(w))));
    return [...starts, ...rest];
  }
  search.addEventListener("input", () => {
    const found = find(search.value);
    hits.replaceChildren(...found.slice(0, 9).map((n) => el("li", {}, el("button", { type: "button", on: { click: () => { open({ node: n.id }, true); } } }, glyph(n.kind, n.listed), el("span", {}, nameOf(n), el("small", {}, [otherName(n), KINDS[n.kind].label].filter(Boolean).join(" · ")))))));
    byId("found").textContent = search.value.trim() ? (found.length ? say("found_n", { n: found.length }) : say("found_none")) : "";
    if (search.value.trim() && !found.length) hits.append(el("li", { class: "note" }, say("found_none")));
  });
  search.addEventListener("keydown", (event) => {
    const list = [...hits.querySelectorAll("button")];
    if (event.key === "Enter" && list.length) { event.preventDefault(); list[0].click(); panel.focus(); }
    if (event.key === "ArrowDown" && list.length) { event.preventDefault(); list[0].focus(); }
    if (event.key === "Escape") { search.value = ""; hits.replaceChildren(); byId("found").textContent = ""; }
  });
  hits.addEventListener("keydown", (event) => {
    const list = [...hits.querySelectorAll("button")], at = list.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && at >= 0) { event.preventDefault(); list[Math.min(at + 1, list.length - 1)].focus(); }
    if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (at ? list[at - 1] : search).focus(); }
    if (event.key === "Escape") { event.stopPropagation(); search.focus(); }
  });

  // ---- pointer and keys
  const tip = byId("tip");
  function hover(x, y, ...content) {
    tip.replaceChildren(...content);
    tip.hidden = false;
    tip.style.left = Math.min(x + 14, box.clientWidth - tip.offsetWidth - 6) + "px";
    tip.style.top = Math.max(4, Math.min(y - 12, box.clientHeight - tip.offsetHeight - 6)) + "px";
  }
  network.on("click", (event) => {
    if (event.nodes.length) open({ node: event.nodes[0] });
    else { const e = edgeAt(event.pointer.DOM); open(e && { edge: e.id }); }
  });
  network.on("hoverNode", ({ node }) => {
    const n = NODES[node], at = network.canvasToDOM({ x: n.x, y: n.y });
    onNode = true;
    hover(at.x, at.y, nameOf(n), el("small", {}, [otherName(n), KINDS[n.kind].label, isOfficial(n) ? say("matters") + ": " + (n.d.m || 0) : ""].filter(Boolean).join(" · ")));
    box.style.cursor = "pointer";
  });
  let onNode = false, waiting = false, onEdge = null;
  canvas.addEventListener("mousemove", (event) => {
    if (waiting || event.buttons) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const frame = box.getBoundingClientRect(), spot = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      const e = onNode ? null : edgeAt(spot);
      if (e) {
        hover(spot.x, spot.y, label("role", e.kind), el("small", {}, nameOf(NODES[e.from]) + " — " + nameOf(NODES[e.to])));
        box.style.cursor = "pointer";
      } else if (onEdge && !onNode) leave();
      onEdge = e;
    });
  });
  function leave() { tip.hidden = true; box.style.cursor = ""; onNode = false; }
  for (const name of ["blurNode", "dragStart", "zoom"]) network.on(name, leave);
  network.on("dragStart", () => { moving = true; });
  network.on("dragEnd", () => { moving = false; network.redraw(); });
  function step(dx, dy) {
    const here = cursor !== null && visible(cursor) ? NODES[cursor] : null;
    let best = null, least = Infinity;
    for (const n of NODES) {
      if (hidden[n.id] || n === here) continue;
      if (!here) { if (best === null || rank(n) > rank(best) || (rank(n) === rank(best) && n.size > best.size)) best = n; continue; }
      const ax = n.x - here.x, ay = n.y - here.y, along = ax * dx + ay * dy, aside = Math.abs(ax * dy) + Math.abs(ay * dx);
      if (along <= 0 || aside > along * 2) continue;
      const cost = along + 2 * aside;
      if (cost < least) { least = cost; best = n; }
    }
    if (!best) return;
    cursor = best.id;
    const at = network.canvasToDOM({ x: best.x, y: best.y });
    if (at.x < 30 || at.y < 30 || at.x > box.clientWidth - 30 || at.y > box.clientHeight - 40) network.moveTo({ position: { x: best.x, y: best.y } });
    byId("spoken").textContent = nameOf(best) + ", " + KINDS[best.kind].label;
    const now = network.canvasToDOM({ x: best.x, y: best.y });
    hover(now.x, now.y, nameOf(best), el("small", {}, KINDS[best.kind].label));
    network.redraw();
  }
  const zoom = (by) => network.moveTo({ scale: Math.min(Math.max(network.getScale() * by, 0.02), 8), animation: calm() ? false : { duration: 150, easingFunction: "linear" } });
  function fit() {
    const ids = opening ? [...opening] : NODES.filter((n) => visible(n.id)).map((n) => n.id);
    opening = null;
    if (!ids.length) return;
    network.fit({ nodes: ids, maxZoomLevel: 1.7, animation: false });
    network.moveTo({ scale: network.getScale() * 0.93 });  // room for the labels at the rim
  }
  const keys = { ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1), "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: fit, Enter: () => { if (cursor !== null) { open({ node: cursor }); panel.focus(); } } };
  box.addEventListener("keydown", (event) => {
    if (event.key in keys && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); keys[event.key](); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); const more = document.querySelector("#filters details"); more.open = true; search.focus(); }
    if (event.key === "Escape" && !typing && state.open) { open(null); box.focus(); }
  });
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => ({ in: () => zoom(1.3), out: () => zoom(1 / 1.3), fit }[button.dataset.zoom]()));

  // ---- files
  function view() {
    const spot = (n) => ({ x: n.x, y: n.y, size: n.size, thing: n.thing, kind: n.kind, name: nameOf(n), en: names(n)[0], ru: names(n)[1], matters: n.d.m || 0, cases: n.d.c || 0, listed: n.listed, path: KINDS[n.kind].path, colour: colours[n.kind] });
    const spots = new Map(NODES.filter((n) => visible(n.id)).map((n) => [n.id, spot(n)]));
    const sourcesOf = (e) => [...new Set([...PROOFS[e.e || 0], ...(e.acts || []).flatMap((a) => PROOFS[a.e || 0])].map((s) => address(s[0])))];
    const edges = EDGES.filter(edgeSeen).map((e) => ({ wide: strength(e), id: e.id, a: spots.get(e.from), b: spots.get(e.to), kind: e.kind, weight: e.w || 1, dashed: Boolean(e.dashes), bend: bends.get(e.id) || 0, sources: sourcesOf(e) }));
    const taken = [], texts = [];
    for (const n of byWeight) {
      if (hidden[n.id] || !n.label) continue;
      const big = isOfficial(n) || n.kind === "exchange", size = big ? 12.5 : 10.5, wide = n.label.length * size * 0.56, top = n.y + n.size + 3;
      const room = [n.x - wide / 2, top, n.x + wide / 2, top + size * 1.15];
      if (taken.some((t) => room[0] < t[2] && t[0] < room[2] && room[1] < t[3] && t[1] < room[3])) continue;
      taken.push(room);
      texts.push({ x: n.x, y: top + size, size, text: n.label, strong: big && n.d.m >= 3 });
    }
    const info = MORE.files;
    return { nodes: [...spots.values()], edges, labels: texts, ink, paper, wire, title: info.title, about: [info.cut, info.hash, say("not_guilt")].filter(Boolean).join(" · ") };
  }
  function rows() {
    const out = [["link", "official_id", "official_en", "official_ru", "role", "other_kind", "other_id", "other_en", "other_ru", "stage", "court", "date", "outcome", "basis", "counts", "status", "weight", "sources"]];
    for (const e of EDGES) {
      if (!edgeSeen(e)) continue;
      const a = NODES[e.from], b = NODES[e.to], front = [e.id, a.thing, ...names(a), e.kind, b.kind, b.thing, ...names(b)];
      const urls = (number) => PROOFS[number || 0].map((s) => address(s[0])).join("|");
      if (!(e.acts || []).length) out.push([...front, "", "", "", "", "", "", "", e.w || 1, urls(e.e)]);
      for (const act of e.acts || []) out.push([...front, act.stage, pick2(act.court), act.date, act.outcome, act.basis === undefined ? "stated" : act.basis, act.counts === 0 ? "no" : "yes", act.status || "accepted", e.w || 1, urls(act.e)]);
    }
    for (const n of NODES) if (visible(n.id) && !links[n.id].some(edgeSeen)) out.push(["", n.thing, ...names(n), n.kind]);
    return out;
  }
  function save(blob, name) {
    const url = URL.createObjectURL(blob), a = el("a", { href: url, download: name });
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 5000);
  }
  const saves = {
    svg: () => save(new Blob([files.svg(view())], { type: "image/svg+xml" }), "network.svg"),
    csv: () => save(new Blob([files.csv(rows())], { type: "text/csv" }), "network.csv"),
    gexf: () => save(new Blob([files.gexf(view())], { type: "application/gexf+xml" }), "network.gexf"),
    png() {
      const image = new Image();
      image.onload = () => {
        const scale = Math.min(2, 8000 / Math.max(image.width, image.height)), out = document.createElement("canvas");
        out.width = Math.round(image.width * scale);
        out.height = Math.round(image.height * scale);
        const ctx = out.getContext("2d");
        ctx.scale(scale, scale);
        ctx.drawImage(image, 0, 0);
        out.toBlob((blob) => save(blob, "network.png"));
      };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(files.svg(view()));
    }
  };
  for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => saves[button.dataset.save]());
  window.addEventListener("beforeprint", () => {  // a printed canvas is stretched: what is shown now is printed as SVG
    const drawn = new DOMParser().parseFromString(files.svg({ ...view(), ink: "#14181f", paper: "#ffffff", wire: "#9aa1ad" }), "image/svg+xml").documentElement;
    if (drawn.nodeName === "svg") byId("still").replaceChildren(document.importNode(drawn, true));
  });
  document.addEventListener("themechange", () => { theme(); network.redraw(); keep(); });
  window.addEventListener("hashchange", () => {
    if (/^#r\d+$/.test(location.hash)) return;
    Object.assign(state, fromFragment());
    show();
    paint();
    fill();
  });

  show();
  paint(true);
  fill();
  network.once("afterDrawing", () => { if (around && !MORE.focus.length) close_up(); else fit(); document.documentElement.dataset.ready = "yes"; performance.mark("ready"); });
  window.repgraph = { network, state, find, positions: () => NODES.map((n) => [n.thing, n.x, n.y]), view, rows, open, edgeAt };
})();

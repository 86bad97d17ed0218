"use strict";
/* What the page can save: SVG, CSV and GEXF as text, made of what is shown. All text is escaped here, in one place. */
const files = (function () {
  const XML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const xml = (value) => String(value === null || value === undefined ? "" : value)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"']/g, (ch) => XML[ch]);
  // A cell that a spreadsheet could take for a formula gets an apostrophe.
  const cell = (value) => {
    let text = String(value === null || value === undefined ? "" : value);
    if (/^[\s\ufeff]*[=+\-@\t\r]/.test(text)) text = "'" + text;
    return '"' + text.replace(/"/g, '""') + '"';
  };
  const fixed = (value) => String(Math.round(value * 100) / 100);

  function svg(view) {
    const xs = view.nodes.map((n) => n.x), ys = view.nodes.map((n) => n.y);
    const low = [Math.min(0, ...xs.length ? xs : [0]), Math.min(0, ...ys.length ? ys : [0])];
    const a = (xs.length ? Math.min(...xs) : low[0]) - 90, b = (ys.length ? Math.min(...ys) : low[1]) - 50;
    const w = (xs.length ? Math.max(...xs) : 0) - a + 90, h = (ys.length ? Math.max(...ys) : 0) - b + 60;
    const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${a} ${b} ${w} ${h}" width="${w}" height="${h}" color="${view.ink}" font-family="Noto Sans, DejaVu Sans, sans-serif">`,
      `<title>${xml(view.title)}</title><desc>${xml(view.about)}</desc><rect x="${a}" y="${b}" width="${w}" height="${h}" fill="${view.paper}"/>`];
    for (const e of view.edges) {
      const bend = e.bend || 0, p = e.a, q = e.b;
      const path = bend ? `M${p.x} ${p.y}Q${fixed((p.x + q.x) / 2 - (q.y - p.y) * bend)} ${fixed((p.y + q.y) / 2 + (q.x - p.x) * bend)} ${q.x} ${q.y}` : `M${p.x} ${p.y}L${q.x} ${q.y}`;
      out.push(`<path d="${path}" fill="none" stroke="${view.wire}" stroke-width="${e.wide}" stroke-opacity=".75"${e.dashed ? ' stroke-dasharray="3 4"' : ""}/>`);
    }
    for (const n of view.nodes) {
      const scale = n.size / 10;
      out.push(`<path transform="translate(${n.x} ${n.y}) scale(${fixed(scale)})" d="${n.path}" fill="${n.colour}"${n.listed ? ` stroke="${view.ink}" stroke-width="${fixed(2.4 / scale)}" stroke-linejoin="round"` : ""}><title>${xml(n.name)}</title></path>`);
    }
    for (const l of view.labels)
      out.push(`<text x="${fixed(l.x)}" y="${fixed(l.y)}" font-size="${l.size}" text-anchor="middle" fill="${view.ink}"${l.strong ? ' font-weight="600"' : ""} stroke="${view.paper}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${xml(l.text)}</text>`);
    out.push("</svg>");
    return out.join("");
  }

  function csv(rows) {
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function gexf(view) {
    const columns = (what, names) => `<attributes class="${what}">` + names.map((n) => `<attribute id="${n}" title="${n}" type="string"/>`).join("") + "</attributes>";
    const values = (pairs) => "<attvalues>" + pairs.filter((p) => p[1] !== "" && p[1] !== undefined).map((p) => `<attvalue for="${p[0]}" value="${xml(p[1])}"/>`).join("") + "</attvalues>";
    const out = ['<?xml version="1.0" encoding="UTF-8"?>', '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
      `<meta><creator>repgraph</creator><description>${xml(view.title + " · " + view.about)}</description></meta>`, '<graph defaultedgetype="undirected" mode="static">',
      columns("node", ["kind", "name_en", "name_ru", "matters", "cases", "listed"]), columns("edge", ["role", "sources"]), "<nodes>"];
    for (const n of view.nodes) {
      const [r, g, b] = [1, 3, 5].map((i) => parseInt(n.colour.slice(i, i + 2), 16));
      out.push(`<node id="${xml(n.thing)}" label="${xml(n.name)}">${values([["kind", n.kind], ["name_en", n.en], ["name_ru", n.ru], ["matters", n.matters], ["cases", n.cases], ["listed", n.listed ? "yes" : ""]])}<viz:position x="${n.x}" y="${-n.y}"/><viz:size value="${n.size}"/><viz:color r="${r}" g="${g}" b="${b}"/></node>`);
    }
    out.push("</nodes>", "<edges>");
    for (const e of view.edges)
      out.push(`<edge id="${e.id}" source="${xml(e.a.thing)}" target="${xml(e.b.thing)}" weight="${e.weight}">${values([["role", e.kind], ["sources", e.sources.join("|")]])}</edge>`);
    out.push("</edges>", "</graph>", "</gexf>", "");
    return out.join("\n");
  }

  return { svg, csv, gexf };
})();
if (typeof module !== "undefined") module.exports = { files };

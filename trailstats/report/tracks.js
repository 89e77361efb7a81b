"use strict";
// Profile and route map of one activity, drawn as SVG from the embedded data. Texts only ever become text nodes.
const tracks = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MILE = 1609.344, FOOT = 0.3048;
  const { summed, ground } = base;
  const LEAST = { heartRate: 40, cadence: 20, power: 60, temperature: 10 }; // range of an axis at least

  function svg(name, attributes = {}, parent = null) {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.append(node);
    return node;
  }

  function label(parent, text, attributes) {
    svg("text", attributes, parent).textContent = text;
  }

  function decode(activity) {
    const t = activity.track;
    return {
      region: t.region,
      byTime: t.byTime,
      byHour: activity.byHour === true,
      along: summed(t.along),
      x: t.x,
      y: t.y,
      elevation: summed(t.elevation, 10),
      speed: t.speed && t.speed.map((v) => (v === null ? null : v / 100)),
      heartRate: t.heartRate,
      cadence: t.cadence,
      power: t.power,
      temperature: t.temperature,
      ...ground(t.ground),
    };
  }

  // Ranges [first, last] of points with the same piece, without holes; each reaches to the next one's first point.
  function ranges(track, columns) {
    const out = [];
    let open = null;
    for (let i = 0; i < track.piece.length; i++) {
      const known = columns.every((column) => column[i] !== null);
      if (!known || track.starts.has(i)) open = null;
      if (!known) continue;
      if (open && open.piece === track.piece[i]) open.last = i;
      else {
        if (open) open.last = i;
        open = { first: i, last: i, piece: track.piece[i] };
        out.push(open);
      }
    }
    return out;
  }

  function ticks(low, high, wanted) {
    const raw = (high - low) / Math.max(wanted, 1) || 1;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.999);
    const out = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-6; v += step) out.push(+v.toFixed(6));
    return out;
  }

  function clock(seconds) {
    const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }

  function units(imperial) {
    return {
      far: imperial ? MILE : 1000, farName: imperial ? "mi" : "km",
      high: imperial ? FOOT : 1, highName: imperial ? "ft" : "m",
      hourly: (imperial ? MILE : 1000) / 3600, hourlyName: imperial ? "mph" : "km/h",
    };
  }

  function describe(track, surfaces, i, imperial) {
    const u = units(imperial);
    const parts = [];
    if (track.along[i] !== null) parts.push(track.byTime ? clock(track.along[i]) : `${(track.along[i] / u.far).toFixed(2)} ${u.farName}`);
    if (track.elevation && track.elevation[i] !== null) parts.push(`${Math.round(track.elevation[i] / u.high)} ${u.highName}`);
    parts.push(surfaces[track.piece[i] >> 1] + (track.piece[i] & 1 ? ", technical" : ""));
    if (track.speed && track.speed[i] > 0.3) parts.push(track.byHour ? `${(track.speed[i] / u.hourly).toFixed(1)} ${u.hourlyName}` : `${clock(u.far / track.speed[i])} /${u.farName}`);
    if (track.heartRate && track.heartRate[i] !== null) parts.push(`${track.heartRate[i]} bpm`);
    if (track.cadence && track.cadence[i] > 0) parts.push(`${track.cadence[i]} steps a minute`);
    if (track.power && track.power[i] !== null) parts.push(`${track.power[i]} W`);
    if (track.temperature && track.temperature[i] !== null) parts.push(`${track.temperature[i]} °C`);
    return parts.join(" · ");
  }

  function extent(values) {
    let low = Infinity, high = -Infinity;
    for (const v of values) if (v !== null) { if (v < low) low = v; if (v > high) high = v; }
    return [low, high];
  }

  function hatch(parent, id) {
    const pattern = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("defs", {}, parent));
    svg("rect", { width: 2.2, height: 6, fill: "var(--background)", "fill-opacity": 0.75 }, pattern);
  }

  // Draws elevation (or a band of ground where there is none), pace and heart rate over the same axis.
  function profile(host, track, context) {
    const { imperial, surfaces, name, point } = context;
    const u = units(imperial);
    const width = Math.max(host.clientWidth, 260), left = 44, right = 10, top = 14;
    const panels = [];
    if (track.elevation) panels.push({ kind: "elevation", height: 170 });
    else panels.push({ kind: "ground", height: 26 });
    for (const kind of ["speed", "heartRate", "cadence", "power", "temperature"]) if (track[kind]) panels.push({ kind, height: 84 });
    let y = top;
    for (const panel of panels) { panel.top = y; y += panel.height + 24; }
    const bottom = y - 24;
    const [from, to] = extent(track.along);
    const px = (v) => left + ((v - from) / (to - from || 1)) * (width - left - right);
    const root = svg("svg", { viewBox: `0 0 ${width} ${bottom + 26}`, height: bottom + 26, tabindex: 0, role: "slider", "aria-label": `Position along ${name}`, "aria-valuemin": 0, "aria-valuemax": track.along.length - 1, "aria-valuenow": 0, "aria-valuetext": "start" });
    hatch(root, `hatch-${context.number}`);
    const xUnit = track.byTime ? 60 : u.far;
    for (const tick of ticks(from / xUnit, to / xUnit, width / 90)) {
      const at = px(tick * xUnit);
      svg("line", { x1: at, x2: at, y1: top, y2: bottom, class: "grid" }, root);
      label(root, String(tick), { x: at, y: bottom + 15, "text-anchor": "middle" });
    }
    label(root, track.byTime ? "min" : u.farName, { x: width - right, y: bottom + 26, "text-anchor": "end" });
    for (const panel of panels) drawPanel(root, panel, track, { px, width, left, right, u, number: context.number });
    const band = svg("rect", { y: top, height: bottom - top, width: 0, class: "marked" }, root);
    const cursor = svg("line", { y1: top, y2: bottom, class: "cursor", visibility: "hidden" }, root);
    host.replaceChildren(root);

    const nearest = (event) => {
      const box = root.getBoundingClientRect();
      const v = from + ((((event.clientX - box.left) / box.width) * width - left) / (width - left - right)) * (to - from);
      let best = 0, gap = Infinity;
      track.along.forEach((a, i) => { if (a !== null && Math.abs(a - v) < gap) { gap = Math.abs(a - v); best = i; } });
      return best;
    };
    let current = 0;
    root.addEventListener("pointermove", (event) => point((current = nearest(event))));
    root.addEventListener("pointerdown", (event) => point((current = nearest(event))));
    root.addEventListener("keydown", (event) => {
      const last = track.along.length - 1, step = Math.max(1, Math.round(last / (event.shiftKey ? 10 : 100)));
      const moves = { ArrowRight: current + step, ArrowUp: current + step, ArrowLeft: current - step, ArrowDown: current - step, PageUp: current + 10 * step, PageDown: current - 10 * step, Home: 0, End: last };
      if (!(event.key in moves)) return;
      event.preventDefault();
      point((current = Math.min(last, Math.max(0, moves[event.key]))));
    });
    return {
      mark(i) {
        if (track.along[i] === null) return;
        cursor.setAttribute("x1", px(track.along[i]));
        cursor.setAttribute("x2", px(track.along[i]));
        cursor.setAttribute("visibility", "visible");
        root.setAttribute("aria-valuenow", i);
        root.setAttribute("aria-valuetext", describe(track, surfaces, i, imperial));
      },
      span(a, b) {
        band.setAttribute("x", px(Math.max(a, from)));
        band.setAttribute("width", Math.max(0, px(Math.min(b, to)) - px(Math.max(a, from))));
      },
    };
  }

  function drawPanel(root, panel, track, { px, width, left, right, u, number }) {
    const base = panel.top + panel.height;
    if (panel.kind === "ground") {
      for (const r of ranges(track, [track.along])) {
        const box = { x: px(track.along[r.first]), width: Math.max(0.5, px(track.along[r.last]) - px(track.along[r.first])), y: panel.top, height: panel.height };
        svg("rect", { ...box, class: `f${r.piece >> 1}` }, root);
        if (r.piece & 1) svg("rect", { ...box, fill: `url(#hatch-${number})` }, root);
      }
      label(root, "ground (no elevation recorded)", { x: left, y: panel.top - 3 });
      return;
    }
    const column = track[panel.kind];
    let [low, high] = extent(column);
    if (panel.kind === "elevation") {
      // A flat run must not look like a mountain: at least 40 m from bottom to top.
      const spare = Math.max(0, 40 - (high - low)) / 2;
      low -= spare + (high - low) * 0.05;
      high += spare + (high - low) * 0.05;
    } else if (panel.kind === "speed") {
      const sorted = column.filter((v) => v !== null).sort((a, b) => a - b);
      low = Math.max(0, sorted[Math.floor(sorted.length * 0.02)] * 0.9);
      high = sorted[Math.floor((sorted.length - 1) * 0.98)] * 1.1 || 1;
    } else {
      // Standing still and single drop-outs don't set the scale; a steady run is not blown up.
      const sorted = column.filter((v) => v > 0).sort((a, b) => a - b);
      low = sorted[Math.floor(sorted.length * 0.02)] || 0;
      high = sorted[Math.floor((sorted.length - 1) * 0.995)] || 1;
      const spare = Math.max(2, (LEAST[panel.kind] - (high - low)) / 2);
      low = Math.max(0, low - spare);
      high += spare;
    }
    const py = (v) => base - ((Math.min(high, Math.max(low, v)) - low) / (high - low || 1)) * panel.height;
    const paced = panel.kind === "speed" && !track.byHour;
    const scale = { elevation: u.high, speed: u.hourly }[panel.kind] || 1;
    if (paced) paceTicks(root, low, high, py, left, width - right, u);
    else for (const tick of ticks(low / scale, high / scale, panel.height / (panel.height > 100 ? 32 : 21))) {
      svg("line", { x1: left, x2: width - right, y1: py(tick * scale), y2: py(tick * scale), class: "grid" }, root);
      label(root, String(tick), { x: left - 6, y: py(tick * scale) + 4, "text-anchor": "end" });
    }
    const title = { elevation: `elevation, ${u.highName}`, speed: paced ? `pace, /${u.farName}` : `speed, ${u.hourlyName}`, heartRate: "heart rate, bpm", cadence: "steps a minute", power: "power, W", temperature: "at the device, °C" }[panel.kind];
    if (panel.kind === "elevation") {
      for (const r of ranges(track, [track.along, column])) {
        let d = `M${px(track.along[r.first]).toFixed(1)} ${base}`;
        for (let i = r.first; i <= r.last; i++) if (column[i] !== null && track.along[i] !== null) d += `L${px(track.along[i]).toFixed(1)} ${py(column[i]).toFixed(1)}`;
        d += `L${px(track.along[r.last]).toFixed(1)} ${base}Z`;
        svg("path", { d, class: `f${r.piece >> 1}` }, root);
        if (r.piece & 1) svg("path", { d, fill: `url(#hatch-${number})` }, root);
      }
    }
    let d = "", open = false;
    column.forEach((v, i) => {
      if (v === null || track.along[i] === null) { open = false; return; }
      d += `${open && !track.starts.has(i) ? "L" : "M"}${px(track.along[i]).toFixed(1)} ${py(v).toFixed(1)}`;
      open = true;
    });
    svg("path", { d, class: "outline" }, root);
    label(root, title, { x: left, y: panel.top - 3 });
  }

  function paceTicks(root, low, high, py, x1, x2, u) {
    const slow = u.far / Math.max(low, u.far / 1800), fast = u.far / high;
    const step = [5, 10, 15, 30, 60, 120, 300, 600].find((s) => (slow - fast) / s <= 5) || 900;
    let last = Infinity;
    for (let pace = Math.ceil(fast / step) * step; pace <= slow; pace += step) {
      const y = py(u.far / pace);
      if (Math.abs(y - last) < 13) continue;
      last = y;
      svg("line", { x1, x2, y1: y, y2: y, class: "grid" }, root);
      label(root, clock(pace), { x: x1 - 6, y: y + 4, "text-anchor": "end" });
    }
  }

  function frame(xs, ys) {
    const [x0, x1] = extent(xs), [y0, y1] = extent(ys);
    const size = Math.max(x1 - x0, y1 - y0, 50), pad = size * 0.05;
    return { x: x0 - pad, y: -y1 - pad, width: Math.max(x1 - x0, size * 0.35) + 2 * pad, height: Math.max(y1 - y0, size * 0.35) + 2 * pad, size };
  }

  function shape(track, range) {
    let d = "", pen = "M";
    for (let i = range.first; i <= range.last; i++) if (track.x[i] !== null) { d += `${pen}${track.x[i]} ${-track.y[i]}`; pen = "L"; }
    return d;
  }

  function lines(parent, track) {
    for (const r of ranges(track, [track.x, track.y])) {
      const d = shape(track, r);
      svg("path", { d, class: `line s${r.piece >> 1}`, "vector-effect": "non-scaling-stroke" }, parent);
      if (r.piece & 1) svg("path", { d, class: "rough", "vector-effect": "non-scaling-stroke" }, parent);
    }
  }

  // The ways of a map near a place, under everything else; what lies outside the frame is left out.
  function ways(root, region, box) {
    const parts = (base.data.ways || {})[region];
    if (!parts) return;
    parts.forEach((steps, trail) => {
      const at = [0, 0, 0, 0];
      let d = "";
      for (let i = 0; i < steps.length; i += 4) {
        for (let k = 0; k < 4; k++) at[k] += steps[i + k];
        const inside = Math.max(at[0], at[2]) > box.x && Math.min(at[0], at[2]) < box.x + box.width && Math.max(-at[1], -at[3]) > box.y && Math.min(-at[1], -at[3]) < box.y + box.height;
        if (inside) d += `M${at[0]} ${-at[1]}L${at[2]} ${-at[3]}`;
      }
      if (d) svg("path", { d, class: trail ? "way path" : "way", "vector-effect": "non-scaling-stroke" }, root);
    });
  }

  function scaleBar(root, box, imperial) {
    const u = units(imperial);
    const wanted = box.width / 4 / u.far;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const length = power * ([5, 2, 1].find((m) => m * power <= wanted) || 1);
    const unit = box.size / 100, x = box.x + 2 * unit, y = box.y + box.height - 2.5 * unit;
    svg("path", { d: `M${x} ${y - unit}V${y}H${x + length * u.far}V${y - unit}`, class: "outline", "vector-effect": "non-scaling-stroke" }, root);
    return `${+length.toPrecision(3)} ${u.farName}`;
  }

  function map(host, track, context) {
    const box = frame(track.x, track.y);
    const side = Math.min(host.clientWidth || 320, 420);
    const height = Math.min(side, (side * box.height) / box.width);
    const root = svg("svg", { viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`, height, role: "img", "aria-label": `Route of ${context.name}, coloured by ground, north up` });
    ways(root, track.region, box);
    lines(root, track);
    const dot = 4.5 / Math.min((host.clientWidth || 320) / box.width, height / box.height);
    const known = track.x.map((v, i) => (v === null ? -1 : i)).filter((i) => i >= 0);
    const at = (i, attributes) => svg("circle", { cx: track.x[i], cy: -track.y[i], r: dot, "vector-effect": "non-scaling-stroke", ...attributes }, root);
    at(known[known.length - 1], { class: "end" });
    at(known[0], { class: "marker" });
    const cursor = at(known[0], { class: "marker", r: dot * 1.4, visibility: "hidden" });
    const length = scaleBar(root, box, context.imperial);
    const note = document.createElement("p");
    note.className = "aside";
    note.textContent = `The bar is ${length} long. Filled dot: start; open dot: end. North up.${(base.data.ways || {})[track.region] ? " Thin lines: ways of the map, dashed where they are trails." : ""}`;
    const dots = [...root.querySelectorAll("circle")].map((circle) => [circle, +circle.getAttribute("r")]);
    const { bar } = zoom.into(root, box, (near) => dots.forEach(([circle, r]) => circle.setAttribute("r", r / near)));
    host.replaceChildren(bar, root, note);
    host.classList.add("zoomed");
    root.addEventListener("pointermove", (event) => {
      if (event.buttons) return;
      const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());
      let best = known[0], gap = Infinity;
      for (const i of known) {
        const d = (track.x[i] - p.x) ** 2 + (track.y[i] + p.y) ** 2;
        if (d < gap) { gap = d; best = i; }
      }
      context.point(best);
    });
    return {
      mark(i) {
        if (track.x[i] === null) { cursor.setAttribute("visibility", "hidden"); return; }
        cursor.setAttribute("cx", track.x[i]);
        cursor.setAttribute("cy", -track.y[i]);
        cursor.setAttribute("visibility", "visible");
      },
    };
  }

  // The routes that lie together: one far away must not make all others small.
  function close(chosen) {
    const middles = chosen.map(([number, track]) => {
      const [x0, x1] = extent(track.x), [y0, y1] = extent(track.y);
      return { number, x: (x0 + x1) / 2, y: (y0 + y1) / 2, size: Math.max(x1 - x0, y1 - y0) };
    });
    const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] || 0;
    const x = median(middles.map((m) => m.x)), y = median(middles.map((m) => m.y));
    const away = (m) => Math.max(Math.abs(m.x - x), Math.abs(m.y - y)) + m.size / 2;
    const usual = median(middles.map(away));
    const kept = middles.filter((m) => away(m) <= 3 * usual);
    // Where many lie apart, that is how this runner runs.
    return new Set((kept.length >= 0.9 * middles.length ? kept : middles).map((m) => m.number));
  }

  // All routes of one region; each is a link to its activity.
  function routes(host, numbers, region, imperial, address) {
    const chosen = numbers.map((number) => [number, base.line(number)]);
    const all = frame(chosen.flatMap((c) => c[1].x), chosen.flatMap((c) => c[1].y));
    const together = close(chosen);
    const near = chosen.filter(([number]) => together.has(number));
    const box = frame(near.flatMap((c) => c[1].x), near.flatMap((c) => c[1].y));
    const root = svg("svg", { viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`, "aria-hidden": "true" });
    ways(root, region, all);
    for (const [number, track] of chosen) {
      const link = svg("a", { href: address(number), tabindex: -1, "data-number": number }, root);
      svg("title", {}, link).textContent = `${base.data.dates[number]} ${base.data.titles[number]}`;
      const shapes = ["", "", ""];
      for (const r of ranges(track, [track.x, track.y])) shapes[r.piece >> 1] += shape(track, r);
      shapes.forEach((d, surface) => d && svg("path", { d, class: `s${surface}`, "vector-effect": "non-scaling-stroke" }, link));
    }
    const length = scaleBar(root, box, imperial);
    const note = document.createElement("p");
    note.className = "aside";
    const far = chosen.length - near.length;
    note.textContent = `${chosen.length} route${chosen.length === 1 ? "" : "s"}; the bar is ${length} long.${far ? ` ${far} further away: "Show all" takes all in.` : ""}`;
    const { bar, show } = zoom.into(root, all);
    show(box);
    host.replaceChildren(bar, root, note);
    host.classList.add("zoomed");
  }

  return { decode, describe, profile, map, routes, clock, units };
})();

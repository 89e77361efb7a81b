"use strict";
// A choice of period, and what is added up over it: totals, bars, records, shoes, a calendar.
const period = (() => {
  const { data, address, make, link, scrolling, head } = base;
  const DAY = 864e5, SIDES = ["road", "trail", "unknown"];
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const { far, farName, high, highName } = tracks.units(data.imperial);
  const sums = data.sums.filter((s) => s.day);
  const days = sums.map((s) => s.day).sort();
  let chosen = { from: days[0] || "", to: days[days.length - 1] || "", name: "all" };

  const utc = (day) => Date.parse(`${day}T00:00Z`);
  const iso = (time) => new Date(time).toISOString().slice(0, 10);
  const inside = (day, p = chosen) => day >= p.from && day <= p.to;
  const within = (p = chosen) => sums.filter((s) => inside(s.day, p));
  const total = (list, of) => list.reduce((sum, s) => sum + (of(s) || 0), 0);
  const whole = (s) => s.ground[0] + s.ground[1] + s.ground[2];

  // ---- bars: weeks, months or years, so that they stay wide enough to see ----

  function step(p = chosen) {
    const span = (utc(p.to) - utc(p.from)) / DAY;
    return span <= 550 ? "week" : span <= 3700 ? "month" : "year";
  }

  function start(day, kind) {
    if (kind === "year") return `${day.slice(0, 4)}-01-01`;
    if (kind === "month") return `${day.slice(0, 7)}-01`;
    const time = utc(day), weekday = (new Date(time).getUTCDay() + 6) % 7;
    return iso(time - weekday * DAY);
  }

  function following(day, kind) {
    const d = new Date(utc(day));
    if (kind === "week") d.setUTCDate(d.getUTCDate() + 7);
    else if (kind === "month") d.setUTCMonth(d.getUTCMonth() + 1);
    else d.setUTCFullYear(d.getUTCFullYear() + 1);
    return d.toISOString().slice(0, 10);
  }

  // A row for each bin and ground, bins without a run included.
  function bars(field, of, scale) {
    const kind = step(), bins = new Map();
    for (let day = start(chosen.from, kind); day <= chosen.to; day = following(day, kind)) bins.set(day, [0, 0, 0]);
    for (const s of within()) of(s).forEach((value, k) => (bins.get(start(s.day, kind))[k] += value / scale));
    const used = SIDES.map((_, k) => [...bins.values()].some((values) => values[k] > 0));
    const rows = [];
    for (const [day, values] of bins) {
      const end = iso(utc(following(day, kind)) - DAY);
      values.forEach((value, k) => used[k] && rows.push({ week: `${day}T00:00`, end: `${end}T00:00`, surface: SIDES[k], [field]: Math.round(value * 100) / 100 }));
    }
    return rows;
  }

  // Weeks of load put together: the mean of the bars, the last of the lines.
  function loads(rows) {
    const kind = step(), own = rows.filter((r) => touches(r.week.slice(0, 10), "week"));
    if (kind === "week") return own;
    const bins = new Map();
    for (const row of own) {
      const day = start(row.week.slice(0, 10), kind);
      if (!bins.has(day)) bins.set(day, []);
      bins.get(day).push(row);
    }
    return [...bins].map(([day, list]) => ({ ...list[list.length - 1], week: `${day}T00:00`, end: `${iso(utc(following(day, kind)) - DAY)}T00:00`, load: Math.round(total(list, (r) => r.load) / list.length) }));
  }

  function intensity(rows) {
    const zones = [...new Set(rows.map((r) => r.zone))], out = [];
    for (const side of ["trail", "road"]) {
      const runs = within().filter((s) => s.surface === side && s.zones.length);
      const times = [0, 1, 2].map((k) => total(runs, (s) => s.zones[k]));
      const sum = times[0] + times[1] + times[2];
      if (sum > 0) times.forEach((time, k) => out.push({ surface: `${side} runs`, zone: zones[k], order: k, share: time / sum, time: tracks.clock(time), n: runs.length }));
    }
    return out;
  }

  const rowsOf = {
    "chart-weekly": () => bars("distance", (s) => s.ground, far),
    "chart-impact": () => bars("impact", (s) => s.impact, far),
    "chart-load": loads,
    "chart-intensity": intensity,
  };

  // Whether a week or month that begins on a day holds a part of the period.
  const touches = (day, kind) => day >= start(chosen.from, kind) && day <= chosen.to;

  // A chart's specification with the rows of the period in place of those of all time.
  function specification(id) {
    const shown = (r) => ("period" in r ? r.period === chosen.name : !(r.week || r.month) || touches((r.week || r.month).slice(0, 10), r.month ? "month" : "week"));
    const own = rowsOf[id] || ((rows) => rows.filter(shown));
    // A few weeks are told apart by their days.
    const months = utc(chosen.to) - utc(chosen.from) > 120 * DAY;
    const walk = (node) => {
      if (Array.isArray(node)) return node.map(walk);
      if (node === null || typeof node !== "object") return node;
      const out = {};
      for (const [key, value] of Object.entries(node)) out[key] = key === "values" && Array.isArray(value) && value.some((v) => v && typeof v === "object") ? own(value) : !months && key === "format" && value === "%b %Y" ? "%-d %b" : walk(value);
      return out;
    };
    return drawable(walk(data.charts[id]), null);
  }

  // What of a specification has a row to draw; null where nothing has: the library warns of axes without an extent.
  function drawable(spec, inherited) {
    const rows = (spec.data && spec.data.values) || inherited;
    if (spec.layer) {
      const layer = spec.layer.map((each) => drawable(each, rows)).filter(Boolean);
      return layer.length ? { ...spec, layer } : null;
    }
    const kept = (spec.transform || []).map((t) => /^datum\.(\w+)$/.exec(t.filter || "")).filter(Boolean);
    const left = rows && rows.filter((r) => kept.every(([, field]) => r[field]));
    return left && !left.length ? null : spec;
  }

  // ---- totals, beside those of another period ----

  // By hand: a browser's own way takes a tenth of a second the first time.
  const number = (value, digits = 0) => value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  // As the rest of the page writes shares: small ones with a decimal.
  function percent(part, all) {
    if (!(all > 0)) return "–";
    const value = (100 * part) / all, tenths = Math.round(value * 10) / 10;
    return `${value.toFixed(tenths < 10 && tenths !== 0 ? 1 : 0)} %`;
  }

  // As the head of the page and the table of activities write lengths.
  function distance(metres) {
    const value = metres / far;
    return `${number(value, value.toFixed(2) < 10 ? 2 : value.toFixed(1) < 100 ? 1 : 0)} ${farName}`;
  }

  function totals(p) {
    const list = within(p), length = total(list, whole);
    const outdoors = list.filter((s) => s.outdoors), ground = total(outdoors, whole);
    const hours = Math.floor(Math.round(total(list, (s) => s.moving_time)) / 60);
    const zoned = list.filter((s) => s.zones.length);
    const weeks = Math.max(1, ((utc(p.to) - utc(p.from)) / DAY + 1) / 7);
    return [
      [data.hikes ? "runs and hikes" : "runs", number(list.length)],
      ["distance", distance(length)],
      ["distance a week", distance(length / weeks)],
      ["time", `${Math.floor(hours / 60)}:${String(hours % 60).padStart(2, "0")} h`],
      ["ascent", `${number(total(list, (s) => s.ascent) / high)} ${highName}`],
      ["on trail", percent(total(outdoors, (s) => s.ground[1]), ground)],
      ["on road", percent(total(outdoors, (s) => s.ground[0]), ground)],
      ["longest", distance(Math.max(0, ...list.map(whole)))],
      ["load a week", number(total(list, (s) => s.load) / weeks)],
      ["easy by heart rate", percent(total(zoned, (s) => s.zones[0]), total(zoned, (s) => s.zones[0] + s.zones[1] + s.zones[2]))],
    ];
  }

  function other(kind) {
    const length = utc(chosen.to) - utc(chosen.from);
    if (kind === "before") return { from: iso(utc(chosen.from) - length - DAY), to: iso(utc(chosen.from) - DAY) };
    const back = (day) => { const d = new Date(utc(day)); d.setUTCFullYear(d.getUTCFullYear() - 1); return d.toISOString().slice(0, 10); };
    return { from: back(chosen.from), to: back(chosen.to) };
  }

  const said = (p) => `${p.from} to ${p.to}`;

  function sheet(heads, rows, name) {
    const body = make("tbody");
    for (const [first, ...rest] of rows) {
      const title = make("th", "", first);
      title.scope = "row";
      body.append(make("tr", "", title, ...rest.map((cell) => make("td", "", cell))));
    }
    return scrolling(make("table", "sums", head(heads), body), name);
  }

  function showTotals(host, compared) {
    const own = totals(chosen), beside = compared && totals(other(compared));
    const heads = ["", said(chosen), ...(beside ? [said(other(compared))] : [])];
    host.replaceChildren(sheet(heads, own.map(([what, value], k) => [what, value, ...(beside ? [beside[k][1]] : [])]), "Totals of the period"));
  }

  // ---- records by distance and ground; shoes ----

  function best(list, k) {
    return list.reduce((found, s) => (s.best[k] !== null && (!found || s.best[k] < found.best[k]) ? s : found), null);
  }

  function showRecords(host) {
    const list = within(), rows = [];
    data.lengths.forEach((name, k) => {
      if (!best(list, k)) return;
      const cells = ["", "road", "trail"].map((side) => {
        const run = best(side ? list.filter((s) => s.surface === side) : list, k);
        return run ? link(`${tracks.clock(run.best[k])}, ${run.day}`, address(run.n)) : "–";
      });
      rows.push([name, ...cells]);
    });
    host.closest("figure").hidden = !rows.length;
    host.replaceChildren(sheet(["fastest", "on any ground", "in road runs", "in trail runs"], rows, "Records"));
  }

  function showShoes(host) {
    const shoes = new Map();
    for (const s of within()) {
      if (!s.gear) continue;
      const sum = shoes.get(s.gear) || { runs: 0, ground: [0, 0, 0], last: "" };
      sum.runs += 1;
      s.ground.forEach((metres, k) => (sum.ground[k] += metres));
      if (s.day > sum.last) sum.last = s.day;
      shoes.set(s.gear, sum);
    }
    const far_ = (metres) => number(metres / far, 0);
    const rows = [...shoes].sort((a, b) => (a[1].last < b[1].last ? 1 : -1)).map(([name, s]) => [name, String(s.runs), far_(s.ground[0] + s.ground[1] + s.ground[2]), ...s.ground.map(far_), s.last]);
    host.closest("figure").hidden = !rows.length;
    host.replaceChildren(sheet(["shoes", "runs", farName, "road", "trail", "unknown", "last worn"], rows, "Shoes"));
  }

  // ---- a calendar: months of days, the newest first ----

  function showCalendar(host) {
    const byDay = new Map();
    for (const s of within()) byDay.set(s.day, [...(byDay.get(s.day) || []), s]);
    const most = Math.max(1, ...within().map(whole));
    host.replaceChildren();
    for (let month = start(chosen.to, "month"); month >= start(chosen.from, "month"); month = start(iso(utc(month) - DAY), "month")) {
      const box = make("div", "month", make("h4", "", `${MONTHS[month.slice(5, 7) - 1]} ${month.slice(0, 4)}`));
      const grid = make("div", "days");
      const blank = (new Date(utc(month)).getUTCDay() + 6) % 7;
      for (let k = 0; k < blank; k++) grid.append(make("span"));
      for (let day = month; day.slice(0, 7) === month.slice(0, 7); day = iso(utc(day) + DAY)) {
        const runs = byDay.get(day);
        const cell = make("span", runs ? "ran" : "", runs ? undefined : make("i", "", String(+day.slice(8))));
        if (runs) {
          const longest = runs.reduce((a, b) => (whole(a) > whole(b) ? a : b));
          const words = runs.map((s) => `${data.titles[s.n]}, ${number(whole(s) / far, 1)} ${farName}, ${s.surface}`).join("; ");
          const mark = link(make("i", `swatch ${longest.surface}`), address(longest.n));
          mark.title = `${day}: ${words}`;
          mark.setAttribute("aria-label", mark.title);
          mark.firstChild.style.setProperty("--size", (0.45 + 0.55 * Math.sqrt(total(runs, whole) / most)).toFixed(2));
          cell.append(mark);
          if (runs.length > 1) cell.append(make("sup", "", String(runs.length)));
        }
        grid.append(cell);
      }
      box.append(grid);
      host.append(box);
    }
  }

  // ---- the choice ----

  function choices(select) {
    const last = days[days.length - 1], first = days[0];
    const add = (words, value) => { const option = make("option", "", words); option.value = value; select.append(option); };
    add("all", `${first} ${last} all`);
    const back = new Date(utc(last));
    back.setUTCFullYear(back.getUTCFullYear() - 1);
    const year = iso(back.getTime() + DAY);
    if (year > first) add("last 12 months", `${year} ${last} year`);
    for (let y = +last.slice(0, 4); y >= +first.slice(0, 4); y--) add(String(y), `${y}-01-01 ${y}-12-31 ${y}`);
    add("other days", "");
  }

  function begin(changed) {
    const form = document.getElementById("period");
    if (!form || !days.length) return;
    const select = form.elements.span, from = form.elements.from, to = form.elements.to, compared = form.elements.compared;
    choices(select);
    form.hidden = false;
    const show = () => {
      [from.value, to.value] = [chosen.from, chosen.to];
      from.closest("span").hidden = select.value !== "";
      showTotals(document.getElementById("totals"), compared.value);
      showRecords(document.getElementById("records"));
      showShoes(document.getElementById("shoes"));
      showCalendar(document.getElementById("calendar"));
      changed();
    };
    const choose = (a, b, name) => { if (a && b && a <= b) { chosen = { from: a, to: b, name }; show(); } };
    select.addEventListener("change", () => { if (select.value) choose(...select.value.split(" ")); else show(); });
    for (const field of [from, to]) field.addEventListener("change", () => choose(from.value, to.value, ""));
    compared.addEventListener("change", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  }

  return { begin, inside, specification };
})();

// The test tool: shows the documentation of an endpoint, and lets the server sign and send a call.
// Text of the spec or of a reply is never parsed as HTML.
"use strict";

const $ = (id) => document.getElementById(id);
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
// Keeps the token out of the browser history.
history.replaceState(null, "", location.pathname + location.search);

let spec = null;
let language = (localStorage.getItem("language") ?? navigator.language).startsWith("zh") ? "zh" : "en";
let samples = "curl";

const words = () => WORDS[language];
const current = () => spec.endpoints.find((endpoint) => endpoint.id === $("endpoint").value) ?? spec.endpoints[0];

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function table(id, heads, rows) {
  const head = element("thead");
  head.append(element("tr"));
  head.firstChild.append(...heads.map((text) => element("th", text)));
  const body = element("tbody");
  for (const cells of rows) {
    const row = element("tr");
    row.append(...cells.map((cell, index) => {
      const td = element("td", null, { "data-label": heads[index] });
      // An empty text node would make the cell non-empty.
      if (cell) td.append(cell);
      return td;
    }));
    body.append(row);
  }
  $(id).className = "stack";
  $(id).replaceChildren(head, body);
}

/// Fields of an object, with nested fields under the name of their owner.
function flat(fields, before = "") {
  return fields.flatMap((field) => [{ ...field, path: before + field.name }, ...flat(field.fields ?? [], `${before}${field.name}.`)]);
}

function about(field) {
  const codes = (field.codes ?? []).map((code) => `${code.code} ${code.title}`).join("；");
  return [field.title, field.doc, codes].filter(Boolean).join(" · ");
}

function price(endpoint) {
  return endpoint.price ? words().price(endpoint.price) : words().noprice;
}

function showWords() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const labelled of document.querySelectorAll("[data-word]")) labelled.textContent = words()[labelled.dataset.word];
  $("language").textContent = words().other;
  $("target").textContent = spec.live ? words().live : words().sandbox;
  $("target").className = spec.live ? "badge live" : "badge";
}

function showEndpoint() {
  const endpoint = current();
  const kept = new Map([...$("fields").querySelectorAll("[name]")].map((input) => [input.name, input.value]));
  $("title").textContent = endpoint.title;
  $("path").textContent = `${endpoint.methods.join(", ")} ${endpoint.path}`;
  $("effect").textContent = words()[endpoint.effect];
  $("doc").textContent = endpoint.doc;
  $("price").textContent = price(endpoint);
  $("fields").replaceChildren(...endpoint.request.map((field) => input(field, kept.get(field.name))));
  $("method").replaceChildren(...endpoint.methods.map((method) => element("option", method)));
  $("format").replaceChildren(...endpoint.formats.map((format) => element("option", format)));
  $("debug-label").hidden = !endpoint.debug;
  $("confirm").hidden = true;
  const heads = [words().name, words().type, words().about, words().shown];
  const row = (field) => [element("code", field.path), field.type, about(field), field.example];
  table("request", [heads[0], words().required, ...heads.slice(1)], flat(endpoint.request).map((field) => {
    const [name, ...rest] = row(field);
    return [name, field.optional ? words().never : words().always, ...rest];
  }));
  const fields = flat(endpoint.response.fields ?? []);
  table("response", heads, fields.length > 0 ? fields.map(row) : [["", endpoint.response.type, words().whole, ""]]);
  showSample();
  const statuses = [...spec.statuses, ...endpoint.statuses];
  table("statuses", [words().code, words().words, words().billed, words().next], statuses.map((status) => [
    element("code", status.code), status.title, words()[status.billed], status.next,
  ]));
}

function input(field, value) {
  const id = `field-${field.name}`;
  const holder = element("div", null, { class: "field" });
  const label = element("label", field.title ? `${field.title} ` : "", { for: id });
  label.append(element("code", field.name));
  if (field.optional) label.append(` (${words().optional})`);
  let control = element("input", null, { type: "text", id, name: field.name, placeholder: field.example ?? "", spellcheck: "false", autocapitalize: "off" });
  if (field.codes) {
    control = element("select", null, { id, name: field.name });
    control.append(element("option", "", { value: "" }));
    control.append(...field.codes.map((code) => element("option", `${code.code} ${code.title}`, { value: code.code })));
  }
  control.value = value ?? "";
  holder.append(label, control, element("span", field.doc, { class: "hint" }));
  return holder;
}

function showSample() {
  const endpoint = current();
  const tabs = Object.keys(endpoint.samples).map((lang) => {
    const tab = element("button", lang, { type: "button", role: "tab", "aria-selected": lang === samples });
    tab.addEventListener("click", () => { samples = lang; showSample(); });
    return tab;
  });
  $("languages").replaceChildren(...tabs);
  $("sample").textContent = endpoint.samples[samples];
}

function show() {
  showWords();
  showEndpoint();
}

/// Sends the form. Empty fields are left out.
async function send() {
  const endpoint = current();
  const fields = Object.fromEntries([...$("fields").querySelectorAll("[name]")].map((input) => [input.name, input.value]).filter(([, value]) => value !== ""));
  const asked = {
    endpoint: endpoint.id, fields, method: $("method").value, format: $("format").value,
    debug: endpoint.debug && $("debug").checked, check: $("check").checked, price: endpoint.price,
  };
  $("send").disabled = $("pay").disabled = true;
  $("result").hidden = false;
  $("outcome").textContent = words().sending;
  for (const id of ["explained", "error", "raw"]) $(id).textContent = "";
  $("data").replaceChildren();
  $("raw-part").hidden = true;
  try {
    const answer = await fetch("/page/call", {
      method: "POST", headers: { "content-type": "application/json", "x-pyi-token": token }, body: JSON.stringify(asked),
    });
    const text = await answer.text();
    if (answer.ok) showAnswer(JSON.parse(text));
    else showTrouble(text);
  } catch {
    showTrouble(words().broken);
  } finally {
    $("send").disabled = $("pay").disabled = false;
    $("confirm").hidden = true;
  }
}

function showTrouble(text) {
  $("outcome").textContent = words().outcomes.refused;
  $("error").textContent = text;
}

function showAnswer(answer) {
  const status = answer.status;
  const parts = [words().outcomes[answer.outcome], status && `${answer.code} ${status.name}`, words()[spec.live ? "billings" : "sandboxed"][answer.billing]];
  $("outcome").textContent = parts.filter(Boolean).join(" · ");
  $("explained").textContent = [answer.message, status?.next && `${words().next}: ${status.next}`].filter(Boolean).join(" — ");
  $("error").textContent = answer.error ?? "";
  if (answer.rows) {
    table("data", [words().name, words().about, ""], answer.rows.map((row) => [element("code", row.name), row.title, [row.value, row.means].filter(Boolean).join(" ")]));
  }
  $("raw-part").hidden = !answer.data;
  $("raw").textContent = answer.data ?? "";
}

$("endpoint").addEventListener("change", () => { $("result").hidden = true; showEndpoint(); });
$("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
  $("result").hidden = true;
  show();
});
$("example").addEventListener("click", () => {
  for (const field of current().request) $(`field-${field.name}`).value = field.example ?? field.default ?? "";
});
$("call").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!spec.live) { send(); return; }
  $("confirm-words").textContent = words().confirm(current().title, price(current()));
  $("confirm").hidden = false;
  $("pay").focus();
});
$("pay").addEventListener("click", send);
$("cancel").addEventListener("click", () => { $("confirm").hidden = true; });

fetch("/page/spec.json").then((answer) => answer.json()).then((read) => {
  spec = read;
  document.title = `${spec.title} · pyi`;
  $("provider").textContent = spec.title;
  $("faults").textContent = spec.faults;
  $("faults").hidden = spec.faults === "";
  $("endpoint").append(...spec.endpoints.map((endpoint) => element("option", `${endpoint.title} · ${endpoint.path}`, { value: endpoint.id })));
  const asked = new URLSearchParams(location.search).get("endpoint");
  const known = (id) => spec.endpoints.some((endpoint) => endpoint.id === id);
  if (known(spec.main)) $("endpoint").value = spec.main;
  if (known(asked)) $("endpoint").value = asked;
  show();
});

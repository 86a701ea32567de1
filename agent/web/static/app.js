// The review queue's own script: list and case swapped in place, keys, live updates, re-checks.
// Every page also works without it; nothing here decides, the server does.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrf = $('meta[name="csrf"]')?.content ?? "";
document.documentElement.classList.add("scripted");

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "content-type": "application/json", accept: "application/json", "x-csrf-token": csrf },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.detail ?? answer.statusText), told);
  return told;
}

async function part(url, name) {
  const address = new URL(url, location.href);
  address.searchParams.set("part", name);
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (answer.redirected) location.assign(answer.url);
  const text = await answer.text();
  if (!answer.ok) throw new Error($("p", new DOMParser().parseFromString(text, "text/html"))?.textContent);
  return text;
}

let toasting;
function toast(text) {
  const line = $("#toast");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => (line.hidden = true), 6000);
}

const guarded = (work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    toast(error.message);
  }
};

// ── the list ────────────────────────────────────────────────────────────────────────────────

const here = () => $(".case")?.dataset.draft;
const rows = () => $$(".row");

function filters() {
  const form = $("#filters");
  const kept = [...new FormData(form)].filter(([, value]) => value);
  return new URLSearchParams(kept).toString();
}

let refreshing = 0;
const refreshRows = guarded(async () => {
  if (!$("#rows")) return;
  const mine = ++refreshing;
  const text = await part(`/queue${here() ? `/${encodeURIComponent(here())}` : ""}?${filters()}`, "rows");
  if (mine !== refreshing) return; // a later look is under way: this answer may be the older one
  const focused = document.activeElement?.dataset?.id;
  $("#rows").innerHTML = text;
  if (focused) $(`.row[data-id="${CSS.escape(focused)}"]`)?.focus();
});

const open_ = guarded(async (id, { push = true } = {}) => {
  await letGo();
  const url = `/queue/${encodeURIComponent(id)}${filters() ? `?${filters()}` : ""}`;
  $("#case").innerHTML = await part(url, "case");
  document.body.classList.add("has-case");
  if (push) history.pushState({ id }, "", url);
  document.title = `${$("#case-title").textContent} · citedesk`;
  for (const row of rows()) row.removeAttribute("aria-current");
  const row = rows().find((one) => one.dataset.id === id);
  row?.setAttribute("aria-current", "true");
  row?.scrollIntoView({ block: "nearest" });
  entered();
});

function leave() {
  letGo();
  $("#case").innerHTML = "";
  document.body.classList.remove("has-case");
  for (const row of rows()) row.removeAttribute("aria-current");
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === here());
  const next = all[at < 0 ? 0 : at + by];
  if (next) open_(next.dataset.id);
  return Boolean(next);
}

async function onward() {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === here());
  const next = all[at + 1] ?? all[at - 1];
  if (next && next.dataset.id !== here()) await open_(next.dataset.id);
  else {
    leave();
    history.replaceState({}, "", `/queue${filters() ? `?${filters()}` : ""}`);
  }
  await refreshRows();
  $("#main").focus();
}

// ── the case: a hold while it is open ───────────────────────────────────────────────────────

let holding;
let held = "";

function entered() {
  const article = $(".case");
  if (!article || article.dataset.may !== "yes") return;
  const hold = async () => {
    try {
      await call("PUT", `/api/v1/drafts/${encodeURIComponent(article.dataset.draft)}/hold`);
      held = article.dataset.draft;
    } catch (error) {
      if (error.code === "held") await open_(article.dataset.draft, { push: false });
      else await stale();
    }
  };
  hold();
  clearInterval(holding);
  holding = setInterval(hold, 60_000);
}

async function letGo() {
  clearInterval(holding);
  if (!held) return;
  const id = held;
  held = "";
  await call("DELETE", `/api/v1/drafts/${encodeURIComponent(id)}/hold`).catch(() => {});
}

window.addEventListener("pagehide", () => {
  if (held)
    fetch(`/api/v1/drafts/${encodeURIComponent(held)}/hold`, {
      method: "DELETE", keepalive: true, headers: { "x-csrf-token": csrf },
    }).catch(() => {});
});

async function stale() {
  const article = $(".case");
  if (!article || article.dataset.standing !== "open") return;
  const now = await call("GET", `/api/v1/drafts/${encodeURIComponent(article.dataset.draft)}/standing`).catch(() => null);
  if (!now || now.standing === "open" || !article.isConnected) return;
  article.dataset.standing = now.standing;
  article.dataset.may = "no";
  clearInterval(holding);
  for (const button of $$(".case-head .actions button, .editor button.primary", article)) button.disabled = true;
  const notice = $("#notice");
  notice.replaceChildren($("#gone").content.cloneNode(true));
  notice.hidden = false;
}

// ── deciding ────────────────────────────────────────────────────────────────────────────────

const path = (action) => `/api/v1/drafts/${encodeURIComponent(here())}/${action}`;
const revision = () => Number($(".case").dataset.revision);
const may = () => $(".case")?.dataset.may === "yes";

async function decide(action, body, done) {
  try {
    await call("POST", path(action), body);
    held = action === "category" ? held : "";
    await done();
  } catch (error) {
    if (error.code === "not-proved") return refused(error);
    toast(error.message);
    await stale();
  }
}

function refused(error) {
  edit();
  shown(error.claims, false);
  toast(error.message);
}

const release = () => {
  if (!may()) return;
  const editing = !$("#editor").hidden;
  const body = editing ? $("#reply").value : null;
  const vouched = $("#vouch").checked;
  return decide("release", { revision: revision(), body, vouched }, onward);
};

function edit() {
  if (!may()) return;
  $("#draft-body").hidden = true;
  $("#editor").hidden = false;
  $("#reply").focus();
  recheck();
}

function cancel() {
  $("#draft-body").hidden = false;
  $("#editor").hidden = true;
  $('[data-act="edit"]')?.focus();
}

let checking;
let asked = 0;
function recheck() {
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const mine = ++asked;
    $("#check").textContent = $("#check").dataset.checking;
    try {
      const told = await call("POST", path("check"), { body: $("#reply").value });
      if (mine === asked) shown(told.claims, told.releasable);
    } catch (error) {
      if (mine === asked) $("#check").textContent = error.message;
    }
  }, 300);
}

function shown(claims, releasable) {
  const box = $("#check");
  const bad = claims.filter((one) => ["contradicted", "unsupported"].includes(one.verdict));
  const wrong = bad.some((one) => one.verdict === "contradicted");
  box.replaceChildren();
  const line = document.createElement("p");
  line.className = releasable ? "clean" : "failed";
  line.textContent = releasable ? box.dataset.clean : box.dataset.failed;
  box.append(line);
  if (bad.length) {
    const list = document.createElement("ul");
    for (const one of bad) {
      const item = document.createElement("li");
      item.className = one.verdict === "unsupported" ? "unproved" : "contradicted";
      const quote = document.createElement("blockquote");
      quote.textContent = one.text;
      item.append(quote, one.reason ?? one.verdict);
      list.append(item);
    }
    box.append(list);
  }
  $("#vouch-label").hidden = !bad.length || wrong;
  if (wrong || !bad.length) $("#vouch").checked = false;
  settle(bad, wrong);
}

function settle(bad, wrong) {
  $(".editor button.primary").disabled = wrong || (bad.length > 0 && !$("#vouch").checked);
  $("#vouch").onchange = () => settle(bad, wrong);
}

const decisions = {
  reject: (form) => ({ reason_code: form.get("reason_code"), note: form.get("note") ?? "" }),
  rewrite: (form) => ({ note: form.get("note") }),
  category: (form) => ({ category: form.get("category") }),
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "editor") {
    event.preventDefault();
    release();
  } else if (form.id === "filters") {
    event.preventDefault();
    filtered();
  } else if (form.dataset.decide) {
    event.preventDefault();
    form.closest("dialog").close();
    const given = new FormData(form);
    if (form.dataset.decide === "snooze") decide("snooze", { minutes: Number(given.get("minutes")) }, onward);
    else if (form.dataset.decide === "category")
      decide("category", { revision: revision(), ...decisions.category(given) }, async () => {
        await open_(here(), { push: false });
        await refreshRows();
      });
    else decide(form.dataset.decide, { revision: revision(), ...decisions[form.dataset.decide](given) }, onward);
  } else if (form.dataset.approval) {
    event.preventDefault();
    approval(form, event.submitter);
  }
});

const approval = guarded(async (form, button) => {
  await call("POST", `/api/v1/approvals/${encodeURIComponent(form.dataset.approval)}`, {
    decision: button.value,
    arguments_sha256: form.dataset.digest,
    note: form.elements.note?.value ?? "",
  });
  location.reload();
});

// ── evidence beside its sentence ────────────────────────────────────────────────────────────

function light(sentence, on) {
  for (const number of (sentence.dataset.evidence || "").split(" ").filter(Boolean)) {
    const card = $(`#evidence-${number}`);
    card?.classList.toggle("lit", on);
    const column = card?.closest(".evidence");
    if (on && column) card.scrollIntoView({ block: "nearest" });
  }
}

for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(name, (event) => {
    const sentence = event.target.closest?.(".s");
    if (sentence) light(sentence, on);
    const card = event.target.closest?.(".card");
    if (card) for (const one of $$(".s")) {
      if ((one.dataset.evidence || "").split(" ").includes(card.dataset.card)) one.classList.toggle("lit", on);
    }
  });
}

// ── clicks and keys ─────────────────────────────────────────────────────────────────────────

const acts = {
  release,
  edit,
  cancel,
  next: onward,
  unsnooze: () => decide("snooze", { minutes: null }, onward),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const button = event.target.closest("button");
  const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
  if (link?.dataset.id && plain) {
    event.preventDefault();
    open_(link.dataset.id).then(() => $("#main").focus());
  } else if (link?.dataset.leave !== undefined && plain) {
    event.preventDefault();
    leave();
    history.pushState({}, "", `/queue${filters() ? `?${filters()}` : ""}`);
  } else if (link?.dataset.more !== undefined && plain) {
    event.preventDefault();
    more(link);
  } else if (button?.dataset.open) dialog(button.dataset.open);
  else if (button?.dataset.close !== undefined) button.closest("dialog").close();
  else if (button?.dataset.act) acts[button.dataset.act]?.();
  else if (button?.id === "sign-out") signOut();
});

const more = guarded(async (link) => {
  const holder = document.createElement("div");
  holder.innerHTML = await part(link.href, "rows");
  $(".rows").append(...$$(".rows > li", holder));
  const next = $(".more", holder);
  next ? link.replaceWith(next) : link.remove();
});

const signOut = guarded(async () => {
  await letGo();
  const answer = await fetch("/sign-out", { method: "POST", headers: { "x-csrf-token": csrf } });
  location.assign(answer.url);
});

function dialog(id) {
  const box = $(`dialog#${id}`);
  if (box && !box.open) box.showModal();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: release,
  e: edit,
  r: () => dialog("reject"),
  c: () => dialog("recategorise"),
  w: () => dialog("rewrite"),
  s: () => dialog("snooze"),
  "/": () => $("#search")?.focus(),
  "?": () => dialog("keys"),
  Enter: () => ($(".s") ?? $("#main"))?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, textarea, select, dialog[open]");
  if (event.key === "Escape" && !$("dialog[open]")) {
    if (!$("#editor")?.hidden && $("#editor")) return cancel();
    if (typing) return event.target.blur();
    if (here() && innerWidth < 960) history.back();
  }
  if (typing) {
    if (event.key === "Enter" && event.target.id === "search") {
      filtered();
      event.target.blur(); // so that j and k move through what was found; Escape clears the field
    }
    return;
  }
  if (event.key === "Enter" && event.target.closest("a, button, summary, .s")) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.id === "reply") recheck();
  if (event.target.id === "search") {
    clearTimeout(searching);
    searching = setTimeout(filtered, 250);
  }
});
let searching;
document.addEventListener("change", (event) => {
  if (event.target.form?.id === "filters" && event.target.id !== "search") filtered();
});

function filtered() {
  const query = filters();
  history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}`);
  refreshRows();
}

window.addEventListener("popstate", () => {
  const id = location.pathname.split("/")[2];
  id ? open_(decodeURIComponent(id), { push: false }) : leave();
});

// ── live ────────────────────────────────────────────────────────────────────────────────────

if ($("#rows") && window.EventSource) {
  const line = $("#live");
  const source = new EventSource("/live");
  source.addEventListener("queue", () => {
    refreshRows();
    stale();
  });
  source.addEventListener("open", () => {
    line.textContent = line.dataset.on;
    line.classList.remove("off");
  });
  source.addEventListener("error", () => {
    line.textContent = line.dataset.off;
    line.classList.add("off");
  });
}
entered();

// The form for a token or key, where the page was opened without one or with one that is no longer taken.

import { byId, h } from "./dom.js";
import { keep } from "./session.js";

export function askForToken({ title, hint, complaint = "" }) {
  const input = h("input", { id: "token", name: "token", type: "password", autocomplete: "off", required: true });
  const place = h("input", { id: "location", name: "location", autocomplete: "off", placeholder: "loc_…" });
  const form = h(
    "form",
    {
      class: "sign-in",
      onsubmit: (event) => {
        event.preventDefault();
        keep({ token: input.value.trim(), ...(place.value.trim() ? { location: place.value.trim() } : {}) });
        location.reload();
      },
    },
    h("h1", {}, title),
    h("p", {}, hint),
    complaint && h("p", { class: "complaint", role: "alert" }, complaint),
    h("label", { class: "field" }, "Token or key", input),
    h("label", { class: "field" }, "Location, if the token is not bound to one", place),
    h("button", { class: "button primary", type: "submit" }, "Open"),
  );
  byId("screen").hidden = true;
  document.body.append(h("main", {}, form));
  input.focus();
}

// Who the page acts as, and for which place.
//
// A token or a display's key comes in the address's fragment (`#token=…&location=…&language=…`), which browsers never
// send to a server. It is kept for this tab only and taken out of the address at once.

const KEPT = "careslot";
const ROLES = new Set(["admin", "hospital_admin", "billing", "receptionist", "doctor", "patient", "kiosk", "display"]);
const NAMES = ["token", "location", "doctor", "language"];

export function openSession() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const said = new URLSearchParams(location.hash.slice(1));
  for (const name of NAMES) if (said.get(name)) kept[name] = said.get(name).trim();
  if (NAMES.some((name) => said.has(name))) history.replaceState(null, "", location.pathname);
  const session = { ...kept, ...claimsOf(kept.token) };
  session.location = kept.location ?? session.location ?? null;
  keep(kept);
  return session;
}

export function keep(changes) {
  const kept = { ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}"), ...changes };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

export function endSession() {
  sessionStorage.removeItem(KEPT);
  location.reload();
}

/** What a token says of itself, to choose what to show; only the server judges it. A key says nothing. */
function claimsOf(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const said = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))));
    const place = said.location_id ?? said["custom:location_id"];
    const hospital = said.hospital_id ?? said["custom:hospital_id"];
    const named = (id) => (id && id !== "*" ? id : null);
    // A user pool says roles as groups, and whom a doctor is in an attribute.
    const role = said.role ?? said["cognito:groups"]?.find((group) => ROLES.has(group)) ?? null;
    return { role, person: said["custom:person_id"] ?? said.sub ?? null, location: named(place), bound: named(place), hospital: named(hospital) };
  } catch {
    return { role: null, person: null, location: null, bound: null, hospital: null };
  }
}

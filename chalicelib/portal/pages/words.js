// What the pages say, by language. A page of the waiting room speaks the language of its location.

const WORDS = {
  en: {
    calling: "Now calling",
    number: "Number",
    room: "Room",
    please: "Please go in",
    next: "Next in line",
    more: "and {n} more",
    nobody: "Nobody is waiting.",
    free: "Nobody is called",
    seeing: "With the doctor",
    waiting: "Waiting",
    called: "Called",
    inside: "In consultation",
    average: "Average wait",
    hourly: "Seen per hour",
    minutes: "{n} min",
    range: "{from}–{to} min",
    soon: "up to {to} min",
    ahead: "You are next",
    live: "Live",
    connecting: "Connecting",
    polling: "Live, slower",
    offline: "No network",
    stale: "As of {time}",
    refused: "Signed out",
    sound: "Turn the sound on",
    spoken: "Number {number}, please go to {room}.",
    spokenDoctor: "Number {number}, {doctor} is ready for you.",
    open: "Open today {hours}",
    closed: "Closed today",
    page: "Page {page} of {pages}",
  },
  es: {
    calling: "Llamando ahora",
    number: "Número",
    room: "Consulta",
    please: "Pase, por favor",
    next: "Próximos turnos",
    more: "y {n} más",
    nobody: "No hay nadie en espera.",
    free: "Nadie llamado",
    seeing: "En consulta",
    waiting: "En espera",
    called: "Llamados",
    inside: "En consulta",
    average: "Espera media",
    hourly: "Atendidos por hora",
    minutes: "{n} min",
    range: "{from}–{to} min",
    soon: "hasta {to} min",
    ahead: "Usted es el siguiente",
    live: "En directo",
    connecting: "Conectando",
    polling: "En directo, más lento",
    offline: "Sin conexión",
    stale: "Datos de las {time}",
    refused: "Sesión cerrada",
    sound: "Activar el sonido",
    spoken: "Número {number}, pase por favor a {room}.",
    spokenDoctor: "Número {number}, {doctor} le espera.",
    open: "Abierto hoy {hours}",
    closed: "Hoy cerrado",
    page: "Página {page} de {pages}",
  },
  fr: {
    calling: "Appel en cours",
    number: "Numéro",
    room: "Salle",
    please: "Entrez, s’il vous plaît",
    next: "Prochains numéros",
    more: "et {n} autres",
    nobody: "Personne n’attend.",
    free: "Personne n’est appelé",
    seeing: "En consultation",
    waiting: "En attente",
    called: "Appelés",
    inside: "En consultation",
    average: "Attente moyenne",
    hourly: "Vus par heure",
    minutes: "{n} min",
    range: "{from}–{to} min",
    soon: "jusqu’à {to} min",
    ahead: "Vous êtes le prochain",
    live: "En direct",
    connecting: "Connexion",
    polling: "En direct, plus lent",
    offline: "Pas de réseau",
    stale: "État à {time}",
    refused: "Déconnecté",
    sound: "Activer le son",
    spoken: "Numéro {number}, veuillez aller en {room}.",
    spokenDoctor: "Numéro {number}, {doctor} vous attend.",
    open: "Ouvert aujourd’hui {hours}",
    closed: "Fermé aujourd’hui",
    page: "Page {page} sur {pages}",
  },
  de: {
    calling: "Jetzt aufgerufen",
    number: "Nummer",
    room: "Zimmer",
    please: "Bitte eintreten",
    next: "Als Nächste",
    more: "und {n} weitere",
    nobody: "Niemand wartet.",
    free: "Niemand aufgerufen",
    seeing: "In Behandlung",
    waiting: "Wartend",
    called: "Aufgerufen",
    inside: "In Behandlung",
    average: "Mittlere Wartezeit",
    hourly: "Behandelt pro Stunde",
    minutes: "{n} Min.",
    range: "{from}–{to} Min.",
    soon: "bis {to} Min.",
    ahead: "Sie sind die Nächsten",
    live: "Live",
    connecting: "Verbinde",
    polling: "Live, langsamer",
    offline: "Kein Netz",
    stale: "Stand {time}",
    refused: "Abgemeldet",
    sound: "Ton einschalten",
    spoken: "Nummer {number}, bitte in {room}.",
    spokenDoctor: "Nummer {number}, bitte zu {doctor}.",
    open: "Heute geöffnet {hours}",
    closed: "Heute geschlossen",
    page: "Seite {page} von {pages}",
  },
};

/** A function that says a word in the language (`de`, `de-CH`), in English where we have no other. */
export function speaking(language, more = {}) {
  const code = (language ?? "en").slice(0, 2).toLowerCase();
  const words = { ...WORDS.en, ...more.en, ...WORDS[code], ...more[code] };
  return (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name]);
}

export const LANGUAGES = { en: "English", es: "Español", fr: "Français", de: "Deutsch" };

const NOT_TODAY = 8 * 60; // minutes: the doctor comes another day, and nobody waits for that on a chair

/** The range in which a wait will end, in steps of five minutes; empty when there is none. */
export function range(say, p50, p90) {
  if (p50 === null || p50 === undefined || p50 > NOT_TODAY) return "";
  const from = Math.floor(p50 / 5) * 5;
  const to = Math.max(5, Math.ceil(Math.max(p90 ?? p50, p50) / 5) * 5);
  return from === 0 || from === to ? say("soon", { to }) : say("range", { from, to });
}

/** The part of a token number that people look for: `007` of `20260115-007`. */
export const short = (token) => (token ?? "").split("-").at(-1);

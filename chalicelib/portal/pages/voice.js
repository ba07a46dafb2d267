// Chime and spoken announcement, one call after the other. Browsers let a page sound only when somebody has touched it
// or the screen's browser is set to allow it; `canSound` tells.

let audio = null;
let queue = Promise.resolve();

export function canSound() {
  audio ??= new AudioContext();
  return audio.state === "running";
}

export async function allowSound() {
  audio ??= new AudioContext();
  await audio.resume();
}

/** Chime, and say the text twice. Calls that come meanwhile wait for their turn. */
export function announce(text, language) {
  queue = queue.then(async () => {
    if (canSound()) await chime();
    await say(text, language);
    await say(text, language);
  });
  return queue;
}

function chime() {
  const begin = audio.currentTime + 0.05;
  for (const [place, frequency] of [523.25, 659.25, 783.99].entries()) {
    const tone = new OscillatorNode(audio, { type: "sine", frequency });
    const loudness = new GainNode(audio, { gain: 0 });
    const at = begin + place * 0.28;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.5, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 1.1);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 1.2);
  }
  return new Promise((resolve) => setTimeout(resolve, 1_500));
}

function say(text, language) {
  if (!("speechSynthesis" in globalThis)) return Promise.resolve();
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.lang = language;
  spoken.rate = 0.9;
  const voice = speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().startsWith(language.slice(0, 2)));
  if (voice) spoken.voice = voice;
  return new Promise((resolve) => {
    // An engine without a voice never ends; the next call must not wait for it.
    const patience = setTimeout(resolve, 10_000);
    spoken.onend = spoken.onerror = () => {
      clearTimeout(patience);
      resolve();
    };
    speechSynthesis.speak(spoken);
  });
}

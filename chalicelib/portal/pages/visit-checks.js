// What a visit needs: a network, a camera, a microphone, and a browser that can do it. Asked of the browser itself.

import { say } from "./visit-words.js";

const canCall = () => Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia && window.WebSocket);

/** The camera and microphone as one stream; with what there is, or with nothing. */
export async function openMedia() {
  if (!canCall()) return new MediaStream();
  const wishes = [{ video: { width: { ideal: 1280 } }, audio: true }, { audio: true }, { video: true }];
  for (const wish of wishes) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish);
    } catch {
      // Refused, in use by another program, or not there: the next wish asks for less.
    }
  }
  return new MediaStream();
}

/** What the visit's doctor is told of this browser: internet, webcam, microphone, browser. */
export function requirements(stream) {
  const works = (tracks) => tracks.some((track) => track.readyState === "live");
  return {
    internet: navigator.onLine,
    webcam: works(stream.getVideoTracks()),
    microphone: works(stream.getAudioTracks()),
    browser: canCall(),
  };
}

export const NAMES = { internet: say("internet"), webcam: say("webcam"), microphone: say("microphone"), browser: say("browser") };

export const ADVICE = { internet: say("noInternet"), webcam: say("noWebcam"), microphone: say("noMicrophone"), browser: say("noBrowser") };
